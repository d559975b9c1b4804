//   x -> MAXIMUM(0) -> MINIMUM(6) -> y      =>      x -> RELU6 -> y
// in either order, and likewise RELU (no upper bound), RELU_N1_TO_1 and RELU_0_TO_1; a RELU or RELU6 counts as the
// bounds that it sets. Float32 only. Bounds that are none of these stay as they are.
#include <algorithm>
#include <limits>

#include "ops/core/registry.h"
#include "passes/core/edit.h"
#include "passes/passes.h"

namespace pestle::passes {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// The operator that is nothing but this range, or null.
const char* activation_with(float low, float high) {
  for (const ops::OpDef* def : ops::all()) {
    const auto& clamps = def->traits.clamps;
    if (clamps && clamps->low == low && clamps->high == high) return def->name;
  }
  return nullptr;
}

// A node that clamps `x`.
struct Clamp {
  ir::ValueId x = ir::kNoValue;
  float low = -kInfinity;
  float high = kInfinity;
};

std::optional<Clamp> clamp_by_constant(const ir::Graph& graph, const ir::Node& node) {
  const bool is_maximum = node.is("MAXIMUM");
  if (!is_maximum && !node.is("MINIMUM")) return std::nullopt;
  const size_t at = graph.values[node.inputs[0]].is_constant() ? 0 : 1;
  const ir::ValueId x = node.inputs[1 - at];
  if (!(graph.values[x].type.shape == graph.values[node.outputs[0]].type.shape)) return std::nullopt;
  const auto bound = float_constant(graph, node.inputs[at]);
  if (!bound || bound->empty()) return std::nullopt;
  if (!std::all_of(bound->begin(), bound->end(), [&](float v) { return v == bound->front(); })) return std::nullopt;
  return is_maximum ? Clamp{x, bound->front(), kInfinity} : Clamp{x, -kInfinity, bound->front()};
}

std::optional<Clamp> clamp_of(const ir::Graph& graph, const ir::Node& node) {
  if (!is_unquantized(graph, node)) return std::nullopt;
  if (const auto& clamps = ops::traits_of(node).clamps) return Clamp{node.inputs[0], clamps->low, clamps->high};
  return clamp_by_constant(graph, node);
}

void become(ir::Node& node, const char* op, ir::ValueId x) {
  node.op = op;
  node.version = 0;
  node.options_record.clear();
  node.attributes = {};
  node.inputs = {x};
}

// The clamp before, applied first: together they are one if its range is not empty.
bool merge_with_producer(ir::Rewriter& rewriter, const ir::Node& node, const Clamp& clamp) {
  ir::Node* producer = rewriter.producer(clamp.x);
  if (producer == nullptr || rewriter.uses(clamp.x) != 1) return false;
  const auto first = clamp_of(rewriter.graph(), *producer);
  if (!first) return false;
  const float low = std::max(first->low, clamp.low), high = std::min(first->high, clamp.high);
  const char* op = low < high ? activation_with(low, high) : nullptr;
  if (op == nullptr || !fuse_node(rewriter, node, clamp.x)) return false;
  become(*producer, op, first->x);
  return true;
}

// True if the node was merged away.
bool form_activation(ir::Rewriter& rewriter, ir::Node& node) {
  for (ir::ValueId& id : node.inputs) id = rewriter.resolve(id);
  const auto clamp = clamp_of(rewriter.graph(), node);
  if (!clamp) return false;
  if (merge_with_producer(rewriter, node, *clamp)) return true;
  const char* op = activation_with(clamp->low, clamp->high);
  if (op != nullptr && !node.is(op)) become(node, op, clamp->x);
  return false;
}

}  // namespace

Status form_activations(ir::Module& module, PassContext&) {
  for (ir::Graph& graph : module.graphs) {
    ir::Rewriter rewriter(graph);
    for (ir::Node& node : rewriter.take_nodes()) {
      if (!form_activation(rewriter, node)) rewriter.emit(std::move(node));
    }
    rewriter.finish();
  }
  return {};
}

}  // namespace pestle::passes
