#include "passes/core/edit.h"

#include <algorithm>

namespace pestle::passes {

bool is_unquantized(const ir::Graph& graph, const ir::Node& node) {
  const auto plain = [&graph](ir::ValueId id) { return id == ir::kNoValue || !graph.values[id].type.is_quantized(); };
  return std::all_of(node.inputs.begin(), node.inputs.end(), plain) &&
         std::all_of(node.outputs.begin(), node.outputs.end(), plain);
}

bool has_input(const ir::Node& node, size_t i) { return i < node.inputs.size() && node.inputs[i] != ir::kNoValue; }

bool is_same_shape(const Shape& a, const Shape& b) { return a == b && std::count(a.begin(), a.end(), kUnknown) <= 1; }

std::optional<std::vector<float>> float_constant(const ir::Graph& graph, ir::ValueId id) {
  if (id == ir::kNoValue) return std::nullopt;
  const ir::Value& value = graph.values[id];
  if (!value.is_constant() || value.sparsity || value.type.dtype != DType::kFloat32) return std::nullopt;
  return to_floats(graph.constant(id));
}

std::optional<std::vector<int64_t>> int_constant(const ir::Graph& graph, ir::ValueId id) {
  if (id == ir::kNoValue) return std::nullopt;
  const ir::Value& value = graph.values[id];
  if (!value.is_constant() || value.sparsity) return std::nullopt;
  if (value.type.dtype != DType::kInt32 && value.type.dtype != DType::kInt64) return std::nullopt;
  return to_int64s(graph.constant(id));
}

ir::ValueId add_floats(ir::Rewriter& rewriter, std::string name, const Shape& shape, const std::vector<float>& values) {
  return rewriter.add_constant(std::move(name),
                               {DType::kFloat32, shape, std::as_bytes(std::span<const float>(values))});
}

ir::ValueId add_ints(ir::Rewriter& rewriter, std::string name, const Shape& shape, const std::vector<int64_t>& values) {
  const std::vector<int32_t> narrow(values.begin(), values.end());
  return rewriter.add_constant(std::move(name),
                               {DType::kInt32, shape, std::as_bytes(std::span<const int32_t>(narrow))});
}

bool replace_node(ir::Rewriter& rewriter, const ir::Node& gone, ir::ValueId kept) {
  if (!rewriter.replace(gone.outputs[0], kept, gone.sources)) return false;
  rewriter.drop_reads(gone);
  return true;
}

bool fuse_node(ir::Rewriter& rewriter, const ir::Node& gone, ir::ValueId kept) {
  if (!replace_node(rewriter, gone, kept)) return false;
  kept = rewriter.resolve(kept);
  ir::Graph& graph = rewriter.graph();
  graph.values[kept].name = graph.values[gone.outputs[0]].name;
  rewriter.producer(kept)->version = 0;
  return true;
}

}  // namespace pestle::passes
