#include "flows/input_shapes.h"

#include <fmt/core.h>

#include "flows/names.h"
#include "ir/label.h"
#include "ops/core/check.h"
#include "ops/core/registry.h"

namespace pestle::flows {
namespace {

Status set_shape(ir::Value& value, const Shape& shape) {
  if (value.has_rank && value.type.shape.rank() > 0 && shape.rank() != value.type.shape.rank()) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("input \"{}\" has the shape {}, of another rank than {}",
                                                         value.name, to_string(value.type.shape), to_string(shape)));
  }
  if (!checked_elements(shape))
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("`input` {}:{}: every extent must be known", value.name, to_string(shape)));
  value.type.shape = shape;
  value.signature.clear();
  return {};
}

Status set_batch(ir::Graph& graph, int64_t batch) {
  bool any = false;
  for (ir::ValueId id : graph.inputs) {
    ir::Value& value = graph.values[id];
    if (value.signature.empty() || value.signature[0] >= 0 || value.type.shape.rank() == 0) continue;
    value.type.shape[0] = batch;
    any = true;
  }
  if (any) return {};
  return fail(ErrorCode::kInvalidArgument, fmt::format("`batch` {}: no input has a free first axis", batch),
              "`input` NAME:SHAPE gives an input another shape");
}

Status infer_node(ir::Graph& graph, const ir::Node& node) {
  const ops::OpDef* def = ops::find(node);
  if (def == nullptr)
    return fail(ErrorCode::kUnsupported,
                fmt::format("{} is not known, so new shapes cannot be carried through it", node.op));
  PESTLE_ASSIGN(const std::vector<ir::Type> types, ops::infer_types(*def, graph, node));
  for (size_t i = 0; i < types.size(); ++i) {
    if (!checked_elements(types[i].shape))
      return fail(ErrorCode::kUnsupported, fmt::format("the shape of output {} is only known at run time", i));
    graph.values[node.outputs[i]].type.shape = types[i].shape;
  }
  return {};
}

}  // namespace

Status set_input_shapes(ir::Module& module, const ModelRequest& request) {
  if (request.input_shapes.empty() && !request.batch) return {};
  ir::Graph& graph = module.graphs[0];
  if (request.batch) PESTLE_TRY(set_batch(graph, *request.batch));
  for (const auto& [name, shape] : request.input_shapes) {
    PESTLE_ASSIGN(const size_t place, find_input(module, name));
    PESTLE_TRY(set_shape(graph.values[graph.inputs[place]], shape));
  }
  for (const ir::Node& node : graph.nodes) {
    if (Status status = infer_node(graph, node); !status) {
      Error error = std::move(status).error();
      if (error.hint.empty()) error.hint = "the model does not take inputs of this shape; export it with that shape";
      return in_context(std::move(error), ir::label(graph, node));
    }
  }
  return {};
}

}  // namespace pestle::flows
