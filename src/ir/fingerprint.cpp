#include "ir/fingerprint.h"

#include <fmt/core.h>

#include <cstring>

namespace pestle::ir {
namespace {

// FNV-1a over 64 bits: not for adversaries, only to notice that a document belongs to another graph.
class Hash {
 public:
  void add(uint64_t value) {
    for (int i = 0; i < 8; ++i) add_byte(static_cast<uint8_t>(value >> (8 * i)));
  }
  void add(std::string_view text) {
    add(text.size());
    for (char c : text) add_byte(static_cast<uint8_t>(c));
  }
  void add(double value) {
    uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof(bits));
    add(bits);
  }
  uint64_t value() const { return state_; }

 private:
  void add_byte(uint8_t byte) { state_ = (state_ ^ byte) * 0x100000001b3u; }
  uint64_t state_ = 0xcbf29ce484222325u;
};

void add_ids(Hash& hash, const std::vector<ValueId>& ids) {
  hash.add(ids.size());
  for (ValueId id : ids) hash.add(static_cast<uint64_t>(id));
}

void add_attribute(Hash& hash, const Property& property) {
  hash.add(property.name);
  hash.add(property.value.index());
  std::visit(
      [&hash](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, double>) {
          hash.add(value);
        } else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, int64_t>) {
          hash.add(static_cast<uint64_t>(value));
        } else if constexpr (std::is_same_v<T, std::string>) {
          hash.add(value);
        } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
          for (const std::string& item : value) hash.add(item);
        } else if constexpr (std::is_same_v<T, std::vector<double>>) {
          for (double item : value) hash.add(item);
        } else {
          for (const auto& item : value) hash.add(static_cast<uint64_t>(item));
        }
      },
      property.value);
}

}  // namespace

std::string structure_fingerprint(const Module& module) {
  Hash hash;
  for (const Graph& graph : module.graphs) {
    hash.add(graph.values.size());
    for (const Value& value : graph.values) {
      hash.add(static_cast<uint64_t>(value.type.dtype));
      hash.add(static_cast<uint64_t>(value.type.shape.rank()));
      for (int64_t dim : value.type.shape) hash.add(static_cast<uint64_t>(dim));
      hash.add(static_cast<uint64_t>(value.is_constant()));
    }
    add_ids(hash, graph.inputs);
    add_ids(hash, graph.outputs);
    hash.add(graph.nodes.size());
    for (const Node& node : graph.nodes) {
      hash.add(node.op);
      if (node.is_custom) hash.add("custom");
      add_ids(hash, node.inputs);
      add_ids(hash, node.outputs);
      for (const Property& property : node.attributes) add_attribute(hash, property);
    }
  }
  return fmt::format("{:016x}", hash.value());
}

}  // namespace pestle::ir
