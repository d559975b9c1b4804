#include "ops/core/option.h"

#include <algorithm>
#include <cctype>

namespace pestle::ops {
namespace {

template <typename T>
T read(const ir::Node& node, const char* name, T fallback) {
  const T* value = node.attributes.get<T>(name);
  return value == nullptr ? fallback : *value;
}

template <typename T>
void write(ir::Node& node, const char* name, T value, T fallback) {
  if (value == fallback) {
    node.attributes.erase(name);
  } else {
    node.attributes.set(name, std::move(value));
  }
}

// The schema writes types in capitals: "FLOAT32", "INT8".
std::string schema_name(DType dtype) {
  std::string text = dtype_name(dtype);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

}  // namespace

int64_t IntOption::operator()(const ir::Node& node) const { return read(node, name, fallback); }
void IntOption::set(ir::Node& node, int64_t value) const { write(node, name, value, fallback); }

bool BoolOption::operator()(const ir::Node& node) const { return read(node, name, fallback); }
void BoolOption::set(ir::Node& node, bool value) const { write(node, name, value, fallback); }

float FloatOption::operator()(const ir::Node& node) const {
  return static_cast<float>(read(node, name, static_cast<double>(fallback)));
}
void FloatOption::set(ir::Node& node, float value) const {
  write(node, name, static_cast<double>(value), static_cast<double>(fallback));
}

std::vector<int64_t> IntsOption::operator()(const ir::Node& node) const {
  return read(node, name, std::vector<int64_t>{});
}
void IntsOption::set(ir::Node& node, std::vector<int64_t> value) const { node.attributes.set(name, std::move(value)); }

std::string StringOption::operator()(const ir::Node& node) const { return read(node, name, std::string{}); }
void StringOption::set(ir::Node& node, std::string value) const { write(node, name, std::move(value), std::string{}); }

DType DTypeOption::operator()(const ir::Node& node) const {
  const std::string* text = node.attributes.get<std::string>(name);
  if (text == nullptr) return fallback;
  std::string lower = *text;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return dtype_from_name(lower).value_or(fallback);
}
void DTypeOption::set(ir::Node& node, DType value) const {
  write(node, name, schema_name(value), schema_name(fallback));
}

}  // namespace pestle::ops
