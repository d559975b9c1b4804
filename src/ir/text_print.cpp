#include <fmt/core.h>

#include <cmath>
#include <map>

#include "base/base64.h"
#include "ir/text.h"
#include "ir/text_tokens.h"

namespace pestle::ir {
namespace {

constexpr int64_t kMostInline = 16;

std::string value_name(ValueId id) { return id == kNoValue ? "none" : fmt::format("%{}", id); }

template <typename T, typename Format>
std::string list(const std::vector<T>& items, Format format, const char* open = "[", const char* close = "]") {
  std::string text = open;
  for (size_t i = 0; i < items.size(); ++i) text += (i == 0 ? "" : ", ") + format(items[i]);
  return text + close;
}

template <typename T>
std::string int_list(const std::vector<T>& items) {
  return list(items, [](T item) { return std::to_string(item); });
}
// A decimal that reads back to the same number, never mistaken for an integer.
template <typename T>
std::string real(T value) {
  std::string text = fmt::format("{}", value);
  return std::isfinite(value) && text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}
std::string float_list(const std::vector<float>& items) { return list(items, real<float>); }
std::string value_list(const std::vector<ValueId>& ids) { return list(ids, value_name, "(", ")"); }
std::string bytes_text(std::span<const std::byte> bytes) { return "\"" + to_base64(bytes) + "\""; }
std::string string_list(const std::vector<std::string>& items) { return list(items, quote); }

std::string type_text(const Type& type) {
  std::string text = std::string(dtype_name(type.dtype)) + "[";
  for (int axis = 0; axis < type.shape.rank(); ++axis) {
    text += axis == 0 ? "" : ",";
    text += type.shape[axis] == kUnknown ? "?" : std::to_string(type.shape[axis]);
  }
  return text + "]";
}

std::string quantization_text(const Quantization& q) {
  std::string text = " quantization {scale " + float_list(q.scale) + " zero_point " + int_list(q.zero_point);
  if (q.axis != 0) text += fmt::format(" axis {}", q.axis);
  if (!q.min.empty()) text += " min " + float_list(q.min);
  if (!q.max.empty()) text += " max " + float_list(q.max);
  if (q.blocks) {
    const BlockScales& b = *q.blocks;
    text += fmt::format(" blocks {} {} size {}", value_name(b.scales), value_name(b.zero_points), b.block_size);
    if (b.multi_axis) text += " axes " + int_list(b.axes);
  }
  if (!q.custom.empty()) text += " custom " + bytes_text(q.custom);
  return text + "}";
}

std::string sparsity_text(const Sparsity& sparsity) {
  std::string text =
      " sparsity {order " + int_list(sparsity.traversal_order) + " blocks " + int_list(sparsity.block_map);
  for (const Sparsity::Dimension& d : sparsity.dimensions) {
    text += fmt::format(" {} {}", d.sparse ? "sparse" : "dense", d.dense_size);
    if (d.sparse || !d.segments.empty() || !d.indices.empty() || d.index_bits[0] != 32 || d.index_bits[1] != 32) {
      text += fmt::format(" bits {} {} segments {} indices {}", d.index_bits[0], d.index_bits[1], int_list(d.segments),
                          int_list(d.indices));
    }
  }
  return text + "}";
}

std::string property_text(const AttributeValue& value) {
  struct Printer {
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(int64_t v) const { return std::to_string(v); }
    std::string operator()(double v) const { return real(v); }
    std::string operator()(const std::string& v) const { return quote(v); }
    std::string operator()(const std::vector<int64_t>& v) const { return "ints " + int_list(v); }
    std::string operator()(const std::vector<double>& v) const { return "floats " + list(v, real<double>); }
    std::string operator()(const std::vector<std::string>& v) const { return "strings " + string_list(v); }
    std::string operator()(const std::vector<std::byte>& v) const { return "bytes " + bytes_text(v); }
  };
  return std::visit(Printer(), value);
}

template <typename T>
std::string numbers(std::span<const std::byte> bytes) {
  std::string text = "[";
  for (size_t i = 0; i < bytes.size() / sizeof(T); ++i) {
    T value;
    std::copy_n(bytes.data() + i * sizeof(T), sizeof(T), reinterpret_cast<std::byte*>(&value));
    if constexpr (std::is_floating_point_v<T>) {
      if (!std::isfinite(value)) return "";
      text += (i == 0 ? "" : ", ") + real(value);
    } else {
      text += (i == 0 ? "" : ", ") + std::to_string(value);
    }
  }
  return text + "]";
}

// The contents as numbers, or nothing where that would be long or could not be read back to the same bytes.
std::string inline_text(const Value& value) {
  const auto elements = checked_elements(value.type.shape);
  const std::span<const std::byte> bytes = value.data->view();
  if (!elements || *elements > kMostInline || value.sparsity ||
      bytes.size() != storage_bytes(value.type.dtype, *elements))
    return "";
  switch (value.type.dtype) {
    case DType::kFloat32: return numbers<float>(bytes);
    case DType::kFloat64: return numbers<double>(bytes);
    case DType::kInt8: return numbers<int8_t>(bytes);
    case DType::kUInt8: return numbers<uint8_t>(bytes);
    case DType::kInt16: return numbers<int16_t>(bytes);
    case DType::kUInt16: return numbers<uint16_t>(bytes);
    case DType::kInt32: return numbers<int32_t>(bytes);
    case DType::kUInt32: return numbers<uint32_t>(bytes);
    case DType::kInt64: return numbers<int64_t>(bytes);
    default: return "";
  }
}

class Printer {
 public:
  explicit Printer(const Module& module) : module_(module) {}

  std::string print() {
    text_ = "pestle-module 1\n";
    if (!module_.description.empty()) text_ += "description " + quote(module_.description) + "\n";
    for (const auto& [name, bytes] : module_.metadata)
      text_ += "metadata " + quote(name) + " base64 " + bytes_text(bytes.view()) + "\n";
    for (size_t g = 0; g < module_.graphs.size(); ++g) print_graph(g);
    for (const Signature& signature : module_.signatures) print_signature(signature);
    return std::move(text_);
  }

 private:
  void print_graph(size_t g) {
    const Graph& graph = module_.graphs[g];
    text_ += "graph " + quote(graph.name) + " {\n  inputs " + value_list(graph.inputs) + "\n  outputs " +
             value_list(graph.outputs) + "\n";
    for (size_t i = 0; i < graph.values.size(); ++i) print_value(g, i);
    for (const Node& node : graph.nodes) print_node(node);
    text_ += "}\n";
  }

  void print_value(size_t g, size_t i) {
    const Value& value = module_.graphs[g].values[i];
    text_ += fmt::format("  %{} {} {}", i, quote(value.name), type_text(value.type));
    if (value.is_variable) text_ += " variable";
    if (value.has_rank) text_ += " ranked";
    if (!value.signature.empty()) text_ += " signature " + int_list(value.signature);
    if (!value.variant_types.empty()) text_ += " variants " + list(value.variant_types, type_text);
    if (value.type.quantization) text_ += quantization_text(*value.type.quantization);
    if (value.sparsity) text_ += sparsity_text(*value.sparsity);
    if (value.is_constant()) text_ += " = " + contents(g, i, value);
    text_ += "\n";
  }

  std::string contents(size_t g, size_t i, const Value& value) {
    const auto [first, is_new] = first_user_.try_emplace(value.data.get(), g, i);
    if (!is_new) return fmt::format("shared {} {}", first->second.first, first->second.second);
    const std::string numbers = inline_text(value);
    return numbers.empty() ? "base64 " + bytes_text(value.data->view()) : numbers;
  }

  void print_node(const Node& node) {
    text_ += "  ";
    for (size_t i = 0; i < node.outputs.size(); ++i) text_ += (i == 0 ? "" : ", ") + value_name(node.outputs[i]);
    text_ += node.outputs.empty() ? "() = " : " = ";
    if (node.is_custom) text_ += "custom ";
    text_ += (is_word(node.op) ? node.op : quote(node.op)) + value_list(node.inputs);
    if (!node.attributes.empty()) {
      std::string properties;
      for (const auto& entry : node.attributes)
        properties += (properties.empty() ? "" : ", ") + entry.name + " = " + property_text(entry.value);
      text_ += " {" + properties + "}";
    }
    if (node.version != 0) text_ += fmt::format(" version {}", node.version);
    if (!node.options_record.empty()) text_ += " record " + quote(node.options_record);
    if (!node.custom_options.empty()) text_ += " options " + bytes_text(node.custom_options);
    if (!node.intermediates.empty()) text_ += " intermediates " + value_list(node.intermediates);
    if (!node.mutating_inputs.empty()) {
      text_ += " mutating " + list(std::vector<int>(node.mutating_inputs.begin(), node.mutating_inputs.end()),
                                   [](int v) { return std::to_string(v); });
    }
    text_ += " sources " + string_list(node.sources) + "\n";
  }

  void print_signature(const Signature& signature) {
    const auto entries = [](const std::vector<Signature::Entry>& items) {
      return list(
          items, [](const Signature::Entry& entry) { return quote(entry.name) + " = " + value_name(entry.value); }, "{",
          "}");
    };
    text_ += fmt::format("signature {} graph {} inputs {} outputs {}\n", quote(signature.key), signature.graph,
                         entries(signature.inputs), entries(signature.outputs));
  }

  const Module& module_;
  std::string text_;
  std::map<const Bytes*, std::pair<size_t, size_t>> first_user_;  // by identity; looked up only, never walked
};

}  // namespace

std::string print(const Module& module) { return Printer(module).print(); }

}  // namespace pestle::ir
