#include "runtime/plan.h"

#include <fmt/core.h>

#include <algorithm>

#include "ir/label.h"
#include "ops/core/builder.h"
#include "ops/core/check.h"
#include "ops/core/registry.h"
#include "runtime/arena.h"

namespace pestle::runtime {
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
    Status status = infer_node(n);
    if (!status) return in_context(std::move(status).error(), ir::label(graph_, graph_.nodes[n]));
  }
  return {};
}

Status Plan::infer_node(size_t index) {
  const ir::Node& node = graph_.nodes[index];
  const ops::OpDef* def = ops::find(node);
  if (def == nullptr) return fail(ErrorCode::kUnsupported, fmt::format("the operator {} cannot be run", node.op));
  for (ir::ValueId id : node.inputs) {
    if (id != ir::kNoValue && graph_.values[id].sparsity)
      return fail(ErrorCode::kUnsupported,
                  fmt::format("\"{}\" is stored sparse, which is not run yet", graph_.values[id].name));
  }
  PESTLE_ASSIGN(std::vector<ir::Type> types, ops::infer_types(*def, graph_, node));
  PESTLE_TRY(ops::check_quantization(*def, ops::NodeView(graph_, node)));
  for (size_t i = 0; i < types.size(); ++i) {
    if (node.outputs[i] == ir::kNoValue) continue;
    if (!checked_elements(types[i].shape)) {
      return fail(ErrorCode::kUnsupported, fmt::format("the shape of output {} is only known at run time", i));
    }
    graph_.values[node.outputs[i]].type = std::move(types[i]);
    graph_.values[node.outputs[i]].data = nullptr;  // whatever a file says of it
  }
  return fold_node(index);
}

// What depends on nothing of the run is computed here, and its node does nothing later: shapes computed from shapes,
// which decide what later nodes give, and weights that are stored in fewer bits than they are read in (DEQUANTIZE of a
// constant). A plan of references folds only the shapes.
Status Plan::fold_node(size_t index) {
  constexpr int64_t kMostIntegers = 256;
  const ir::Node& node = graph_.nodes[index];
  for (ir::ValueId id : node.outputs) {
    if (id == ir::kNoValue) return {};
    const ir::Type& type = graph_.values[id].type;
    const bool integers = (type.dtype == DType::kInt32 || type.dtype == DType::kInt64) && !type.is_quantized();
    if (!options_.fast_kernels && (!integers || type.shape.elements() > kMostIntegers)) return {};
  }
  PESTLE_ASSIGN(const auto tensors, ops::fold(*ops::find(node), graph_, node));
  for (size_t i = 0; tensors && i < tensors->size(); ++i) {
    graph_.values[node.outputs[i]].data = std::make_shared<const Bytes>(Bytes::copy_of((*tensors)[i].view().bytes));
  }
  return {};
}

bool Plan::is_folded(const ir::Node& node) const {
  return !node.outputs.empty() && node.outputs[0] != ir::kNoValue && graph_.values[node.outputs[0]].is_constant();
}

Status Plan::bind_node(size_t index) {
  const ir::Node& node = graph_.nodes[index];
  if (is_folded(node)) {
    steps_[index] = {"folded", [](const StepContext&) { return Status{}; }, 0};
    return {};
  }
  const BindRequest request(graph_, node);
  const ops::OpDef& def = *ops::find(node);
  const Binding* binding = options_.fast_kernels ? find_binding(def) : nullptr;
  std::optional<Step> step;
  if (binding != nullptr) step = binding->bind(request);
  steps_[index] = step ? std::move(*step) : bind_reference(def, request);
  scratch_bytes_ = std::max(scratch_bytes_, steps_[index].scratch_bytes);
  return {};
}

size_t Plan::bytes_of(ir::ValueId id) const {
  const ir::Type& type = graph_.values[id].type;
  return storage_bytes(type.dtype, checked_elements(type.shape).value_or(0));
}

// Inputs live through the whole run; outputs of the graph until its end.
Plan::Lives Plan::find_lives() const {
  const int end = static_cast<int>(graph_.nodes.size());
  Lives lives{std::vector<int>(graph_.values.size(), -1), std::vector<int>(graph_.values.size(), -1)};
  for (ir::ValueId id : graph_.inputs) lives.first[id] = 0, lives.last[id] = end;
  for (int n = 0; n < end; ++n) {
    for (ir::ValueId id : graph_.nodes[n].outputs) {
      if (id != ir::kNoValue) lives.first[id] = lives.last[id] = n;
    }
    for (ir::ValueId id : graph_.nodes[n].inputs) {
      if (id != ir::kNoValue) lives.last[id] = std::max(lives.last[id], n);
    }
  }
  for (ir::ValueId id : graph_.outputs) lives.last[id] = end;
  return lives;
}

// The value whose place each value has. A copy (RESHAPE) or an elementwise operator whose input nobody reads
// afterwards writes over that input, which then lives as long as the output.
std::vector<ir::ValueId> Plan::share_places(Lives& lives) const {
  std::vector<ir::ValueId> home(graph_.values.size());
  for (size_t i = 0; i < home.size(); ++i) home[i] = static_cast<ir::ValueId>(i);
  for (int n = 0; n < static_cast<int>(graph_.nodes.size()); ++n) {
    const ir::Node& node = graph_.nodes[n];
    const ops::Traits& traits = ops::find(node)->traits;
    const bool may = traits.is_copy || traits.output_may_share_input;
    if (!may || is_folded(node) || node.inputs.empty()) continue;
    const ir::ValueId in = node.inputs[0], out = node.outputs[0];
    if (in == ir::kNoValue || out == ir::kNoValue) continue;
    const bool intermediate = lives.first[in] >= 0 && !graph_.values[in].is_constant() && !ir::is_input(graph_, in);
    if (!intermediate || lives.last[home[in]] != n || bytes_of(in) != bytes_of(out)) continue;
    home[out] = home[in];
    lives.last[home[in]] = lives.last[out];
  }
  return home;
}

void Plan::place_values() {
  Lives lives = find_lives();
  const std::vector<ir::ValueId> home = share_places(lives);
  std::vector<Lifetime> lifetimes;
  std::vector<int> slot(graph_.values.size(), -1);
  for (size_t i = 0; i < home.size(); ++i) {
    if (graph_.values[i].is_constant() || lives.first[i] < 0 || home[i] != static_cast<ir::ValueId>(i)) continue;
    slot[i] = static_cast<int>(lifetimes.size());
    lifetimes.push_back({bytes_of(home[i]), lives.first[i], lives.last[i]});
  }
  const ArenaLayout layout = lay_out(lifetimes);
  arena_bytes_ = layout.bytes;
  placements_.resize(graph_.values.size());
  for (size_t i = 0; i < home.size(); ++i) {
    const auto id = static_cast<ir::ValueId>(i);
    if (graph_.values[i].is_constant()) {
      placements_[i] = {Placement::kConstant, 0, graph_.values[i].data->size()};
    } else if (lives.first[i] >= 0) {
      const auto kind = ir::is_input(graph_, id) ? Placement::kInput : Placement::kArena;
      placements_[i] = {kind, layout.offsets[slot[home[i]]], bytes_of(id)};
    }
  }
}

Status Plan::set_constant(ir::ValueId id, Bytes bytes) {
  graph_.values[id].data = std::make_shared<const Bytes>(std::move(bytes));
  ++revision_;
  for (size_t n = 0; n < graph_.nodes.size(); ++n) {
    const std::vector<ir::ValueId>& inputs = graph_.nodes[n].inputs;
    if (std::find(inputs.begin(), inputs.end(), id) == inputs.end()) continue;
    if (is_folded(graph_.nodes[n])) return fail(ErrorCode::kInvalidArgument, "shapes were computed from this constant");
    PESTLE_TRY(bind_node(n));
  }
  return {};
}

}  // namespace pestle::runtime
