// If -> IF with a graph for each branch, or the taken branch in its place where the condition is known. What the
// branches read of the graph around them become the inputs of both.
#include <fmt/core.h>

#include <algorithm>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

// Both branches take what either reads, in the same order: gives the operands.
ValueIds share_captures(Frame& outside, Frame& yes, Frame& no) {
  ValueIds operands;
  for (const Frame* branch : {&yes, &no}) {
    for (const Frame::Capture& capture : branch->captures()) {
      if (std::find(operands.begin(), operands.end(), capture.outside) == operands.end())
        operands.push_back(capture.outside);
    }
  }
  for (Frame* branch : {&yes, &no}) {
    for (ValueId operand : operands) branch->graph().inputs.push_back(branch->bring(operand, outside));
  }
  return operands;
}

// Of results that differ in size only a run tells which it is.
Result<std::vector<ir::Type>> common_types(const ir::Graph& yes, const ir::Graph& no) {
  std::vector<ir::Type> types;
  if (yes.outputs.size() != no.outputs.size())
    return fail(ErrorCode::kInvalidModel, "its branches do not give as many outputs as each other");
  for (size_t i = 0; i < yes.outputs.size(); ++i) {
    ir::Type type = yes.values[yes.outputs[i]].type;
    const ir::Type& other = no.values[no.outputs[i]].type;
    if (type.dtype != other.dtype)
      return fail(ErrorCode::kInvalidModel, "its branches give outputs of different types");
    if (type.shape.rank() != other.shape.rank())
      return unsupported(
          fmt::format("its branches give {} and {} for output {}", to_string(type.shape), to_string(other.shape), i));
    for (int axis = 0; axis < type.shape.rank(); ++axis) {
      if (type.shape[axis] != other.shape[axis]) type.shape[axis] = kUnknown;
    }
    types.push_back(std::move(type));
  }
  return types;
}

Result<ValueIds> choose_at_run_time(NodeContext& node, const codec::OnnxGraph& then_graph,
                                    const codec::OnnxGraph& else_graph) {
  const std::string name = node.emit().source();
  Frame yes(name + "/then", &node.frame()), no(name + "/else", &node.frame());
  auto yes_outputs = node.nesting().import_graph(then_graph, yes, {});
  auto no_outputs = node.nesting().import_graph(else_graph, no, {});
  if (!yes_outputs) return yes_outputs;
  if (!no_outputs) return no_outputs;
  yes.graph().outputs = std::move(*yes_outputs);
  no.graph().outputs = std::move(*no_outputs);
  Formula f(node.emit());
  OpSpec spec{"IF", {f.reshape(node.input(0), {})}};
  if (f.failed()) return f.result(ir::kNoValue);
  for (ValueId operand : share_captures(node.frame(), yes, no)) spec.inputs.push_back(operand);
  PESTLE_ASSIGN(spec.types, common_types(yes.graph(), no.graph()));
  spec.outputs = static_cast<int>(spec.types.size());
  spec.options = {{"then_subgraph_index", node.nesting().add_graph(std::move(yes.graph()))},
                  {"else_subgraph_index", node.nesting().add_graph(std::move(no.graph()))}};
  return node.emit().emit_all(std::move(spec));
}

Result<ValueIds> map(NodeContext& node) {
  const codec::OnnxGraph* then_graph = node.graph("then_branch");
  const codec::OnnxGraph* else_graph = node.graph("else_branch");
  if (then_graph == nullptr || else_graph == nullptr) return fail(ErrorCode::kInvalidModel, "lacks a branch");
  if (node.dtype(0) != DType::kBool) return fail(ErrorCode::kInvalidModel, "its condition is no bool");
  if (!node.is_constant(0)) return choose_at_run_time(node, *then_graph, *else_graph);
  const ConstTensorView condition = node.emit().graph().constant(node.input(0));
  if (condition.elements() != 1) return fail(ErrorCode::kInvalidModel, "its condition is not one value");
  const bool is_true = condition.bytes[0] != std::byte{0};
  return node.nesting().import_graph(is_true ? *then_graph : *else_graph, node.frame(), {});
}

}  // namespace

const Mapping& map_if() {
  static const Mapping mapping = {{"If"}, 1, map, true};
  return mapping;
}

}  // namespace pestle::formats::onnx
