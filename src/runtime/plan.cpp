#include "runtime/plan.h"

#include <fmt/core.h>

#include <algorithm>

#include "ops/core/registry.h"
#include "runtime/arena.h"

namespace pestle::runtime {
namespace {

std::string node_name(const ir::Node& node, size_t index) {
  return fmt::format("node {} ({}, {})", index, node.op, node.sources.empty() ? "" : node.sources[0]);
}

}  // namespace

Result<std::shared_ptr<Plan>> Plan::make(const ir::Module& module, const PlanOptions& options) {
  std::shared_ptr<Plan> plan(new Plan());
  plan->graph_ = module.graphs[options.graph];
  plan->options_ = options;
  PESTLE_TRY(plan->infer_types());
  plan->place_values();
  plan->steps_.resize(plan->graph_.nodes.size());
  for (size_t i = 0; i < plan->steps_.size(); ++i) PESTLE_TRY(plan->bind_node(i));
  return plan;
}

Status Plan::infer_types() {
  for (size_t n = 0; n < graph_.nodes.size(); ++n) {
    const ir::Node& node = graph_.nodes[n];
    const ops::OpDef* def = ops::find(node.op);
    if (def == nullptr) {
      return fail(ErrorCode::kUnsupported,
                  fmt::format("{}: the operator {} cannot be run", node_name(node, n), node.op));
    }
    std::vector<ops::KnownOperand> inputs;
    for (ir::ValueId id : node.inputs) {
      if (id == ir::kNoValue) {
        inputs.push_back({});
        continue;
      }
      const ir::Value& value = graph_.values[id];
      inputs.push_back({&value.type, value.is_constant() ? value.data->data() : nullptr});
    }
    std::vector<ir::Type> declared;
    for (ir::ValueId id : node.outputs) declared.push_back(graph_.values[id].type);
    ops::Inference inference(node, std::move(inputs), std::move(declared));
    Status status = ops::infer_node(*def, inference);
    if (status) status = ops::check_quantization(*def, ops::NodeView(graph_, node));
    if (!status) return in_context(std::move(status).error(), node_name(node, n));
    std::vector<ir::Type> types = inference.take_outputs();
    for (size_t i = 0; i < types.size(); ++i) {
      if (!checked_elements(types[i].shape)) {
        return in_context(
            {ErrorCode::kUnsupported, fmt::format("the shape of output {} is only known at run time", i), {}, {}},
            node_name(node, n));
      }
      graph_.values[node.outputs[i]].type = std::move(types[i]);
    }
  }
  return {};
}

Status Plan::bind_node(size_t index) {
  const ir::Node& node = graph_.nodes[index];
  const BindRequest request(graph_, node);
  const Binding* binding = options_.fast_kernels ? find_binding(node.op) : nullptr;
  std::optional<Step> step;
  if (binding != nullptr) step = binding->bind(request);
  steps_[index] = step ? std::move(*step) : bind_reference(*ops::find(node.op), request);
  scratch_bytes_ = std::max(scratch_bytes_, steps_[index].scratch_bytes);
  return {};
}

// Inputs live through the whole run; outputs of the graph until its end. A copy (RESHAPE) or an elementwise operator
// whose input nobody reads afterwards writes over that input.
void Plan::place_values() {
  const int end = static_cast<int>(graph_.nodes.size());
  std::vector<int> first(graph_.values.size(), -1), last(graph_.values.size(), -1);
  for (ir::ValueId id : graph_.inputs) first[id] = 0, last[id] = end;
  for (int n = 0; n < end; ++n) {
    for (ir::ValueId id : graph_.nodes[n].outputs) first[id] = last[id] = n;
    for (ir::ValueId id : graph_.nodes[n].inputs) {
      if (id != ir::kNoValue) last[id] = std::max(last[id], n);
    }
  }
  for (ir::ValueId id : graph_.outputs) last[id] = end;

  const auto bytes_of = [this](ir::ValueId id) {
    const ir::Type& type = graph_.values[id].type;
    return storage_bytes(type.dtype, checked_elements(type.shape).value_or(0));
  };
  std::vector<ir::ValueId> home(graph_.values.size());
  for (size_t i = 0; i < home.size(); ++i) home[i] = static_cast<ir::ValueId>(i);
  for (int n = 0; n < end; ++n) {
    const ir::Node& node = graph_.nodes[n];
    const ops::Traits& traits = ops::find(node.op)->traits;
    if (!(traits.is_copy || traits.output_may_share_input) || node.inputs.empty() || node.inputs[0] == ir::kNoValue)
      continue;
    const ir::ValueId in = node.inputs[0], out = node.outputs[0];
    const bool intermediate = first[in] >= 0 && !graph_.values[in].is_constant() && !ir::is_input(graph_, in);
    if (!intermediate || last[home[in]] != n || bytes_of(in) != bytes_of(out)) continue;
    home[out] = home[in];
    last[home[in]] = last[out];
  }

  std::vector<Lifetime> lifetimes;
  std::vector<int> slot(graph_.values.size(), -1);
  for (size_t i = 0; i < home.size(); ++i) {
    if (graph_.values[i].is_constant() || first[i] < 0 || home[i] != static_cast<ir::ValueId>(i)) continue;
    slot[i] = static_cast<int>(lifetimes.size());
    lifetimes.push_back({bytes_of(static_cast<ir::ValueId>(i)), first[i], last[i]});
  }
  const ArenaLayout layout = lay_out(lifetimes);
  arena_bytes_ = layout.bytes;
  placements_.resize(graph_.values.size());
  for (size_t i = 0; i < home.size(); ++i) {
    const auto id = static_cast<ir::ValueId>(i);
    if (graph_.values[i].is_constant()) {
      placements_[i] = {Placement::kConstant, 0, graph_.values[i].data->size()};
    } else if (first[i] >= 0) {
      placements_[i] = {ir::is_input(graph_, id) ? Placement::kInput : Placement::kArena, layout.offsets[slot[home[i]]],
                        bytes_of(id)};
    }
  }
}

Status Plan::set_constant(ir::ValueId id, Bytes bytes) {
  graph_.values[id].data = std::make_shared<const Bytes>(std::move(bytes));
  ++revision_;
  for (size_t n = 0; n < graph_.nodes.size(); ++n) {
    const std::vector<ir::ValueId>& inputs = graph_.nodes[n].inputs;
    if (std::find(inputs.begin(), inputs.end(), id) != inputs.end()) PESTLE_TRY(bind_node(n));
  }
  return {};
}

}  // namespace pestle::runtime
