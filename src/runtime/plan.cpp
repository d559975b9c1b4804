#include "runtime/plan.h"

#include <fmt/core.h>

#include <algorithm>

#include "ir/label.h"
#include "ir/sparsity.h"
#include "ops/core/builder.h"
#include "ops/core/check.h"
#include "ops/core/registry.h"

namespace pestle::runtime {
namespace {

// Graphs that call one another deeper than this call themselves.
constexpr int kMostCalls = 32;

Failure absurd_shape(const std::string& name, const Shape& shape) {
  return fail(ErrorCode::kInvalidModel, fmt::format("\"{}\" has the absurd shape {}", name, to_string(shape)));
}

}  // namespace

// What control operators ask for while a plan is made: plans of the graphs they call.
class Plan::Planning : public Callees {
 public:
  explicit Planning(Plan& plan) : plan_(plan) {}

  Result<std::vector<ir::Type>> outputs_of(int64_t graph, const std::vector<ir::Type>& inputs) override {
    PESTLE_ASSIGN(const std::shared_ptr<const Plan> callee, plan_.plan_callee(graph, inputs));
    plan_.callees_[static_cast<int>(graph)] = callee;
    std::vector<ir::Type> types;
    for (ir::ValueId id : callee->graph_.outputs) types.push_back(callee->graph_.values[id].type);
    return types;
  }

 private:
  Plan& plan_;
};

Result<std::shared_ptr<Plan>> Plan::make(const ir::Module& module, const PlanOptions& options) {
  if (module.graphs.size() > 1) {
    return make_called(std::make_shared<const ir::Module>(module), options, 0, std::make_shared<Family>());
  }
  std::shared_ptr<Plan> plan(new Plan());
  plan->graph_ = module.graphs[options.graph];
  plan->options_ = options;
  PESTLE_TRY(plan->complete());
  return plan;
}

Result<std::shared_ptr<Plan>> Plan::make_called(std::shared_ptr<const ir::Module> module, PlanOptions options,
                                                int depth, std::shared_ptr<Family> family) {
  std::shared_ptr<Plan> plan(new Plan());
  plan->graph_ = module->graphs[options.graph];
  plan->module_ = std::move(module);
  plan->options_ = std::move(options);
  plan->depth_ = depth;
  plan->family_ = std::move(family);
  PESTLE_TRY(plan->complete());
  plan->family_ = nullptr;
  return plan;
}

Result<bool> Plan::has_run_time_shapes(const ir::Module& module) {
  Plan plan;
  plan.graph_ = module.graphs[0];
  if (module.graphs.size() > 1) plan.module_ = std::make_shared<const ir::Module>(module);
  plan.family_ = std::make_shared<Family>();
  plan.unknown_.resize(plan.graph_.values.size());
  PESTLE_TRY(plan.set_inputs());
  PESTLE_TRY(plan.infer_types());
  return plan.is_dynamic_;
}

Status Plan::complete() {
  unknown_.resize(graph_.values.size());
  PESTLE_TRY(set_inputs());
  PESTLE_TRY(infer_types());
  PESTLE_TRY(check_sizes());
  if (is_dynamic_) return {};
  place_values();
  place_variables();
  steps_.resize(graph_.nodes.size());
  for (size_t i = 0; i < steps_.size(); ++i) PESTLE_TRY(bind_node(i));
  count_macs();
  return {};
}

void Plan::count_macs() {
  constexpr int64_t kMost = int64_t{1} << 60;
  for (const ir::Node& node : graph_.nodes)
    macs_ = std::min(kMost, macs_ + std::clamp<int64_t>(ops::macs_of(graph_, node), 0, kMost));
}

Status Plan::set_inputs() {
  const std::vector<ir::Type>& given = options_.inputs;
  if (!given.empty() && given.size() != graph_.inputs.size()) {
    return fail(ErrorCode::kInvalidModel, fmt::format("graph {} takes {} inputs and is given {}", options_.graph,
                                                      graph_.inputs.size(), given.size()));
  }
  for (size_t i = 0; i < given.size(); ++i) {
    ir::Value& value = graph_.values[graph_.inputs[i]];
    if (value.type.dtype != given[i].dtype) {
      return fail(ErrorCode::kInvalidModel, fmt::format("graph {} takes {} as input {} and is given {}", options_.graph,
                                                        dtype_name(value.type.dtype), i, dtype_name(given[i].dtype)));
    }
    value.type.shape = given[i].shape;
  }
  for (ir::ValueId id : graph_.inputs) {
    graph_.values[id].data = nullptr;  // what is fed is no constant, whatever a file says of it
    const ir::Value& value = graph_.values[id];
    if (checked_elements(value.type.shape)) continue;
    if (value.type.shape.is_static()) return absurd_shape(value.name, value.type.shape);
    unknown_[id] = true;
    is_dynamic_ = true;
  }
  return {};
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
  if (def->traits.is_control) PESTLE_TRY(ops::infer_types(*def, graph_, node));  // operands and their types
  if (!has_known_inputs(node)) {
    for (ir::ValueId id : node.outputs) {
      if (id != ir::kNoValue) unknown_[id] = true;
    }
    return {};
  }
  if (def->traits.is_control) return infer_control(index);
  for (ir::ValueId id : node.inputs) {
    if (id == ir::kNoValue || !graph_.values[id].sparsity) continue;
    PESTLE_ASSIGN(Bytes dense, ir::densify(graph_.values[id]));
    graph_.values[id].data = std::make_shared<const Bytes>(std::move(dense));
    graph_.values[id].sparsity = nullptr;
  }
  PESTLE_ASSIGN(std::vector<ir::Type> types, ops::infer_types(*def, graph_, node));
  PESTLE_TRY(take_types(index, std::move(types)));
  PESTLE_TRY(ops::check_quantization(*def, ops::NodeView(graph_, node)));
  return fold_node(index);
}

Status Plan::infer_control(size_t index) {
  const ir::Node& node = graph_.nodes[index];
  ControlNode call{node, {}, {}};
  for (ir::ValueId id : node.inputs) {
    if (id == ir::kNoValue) return fail(ErrorCode::kInvalidModel, "an operand is absent");
    call.inputs.push_back(graph_.values[id].type);
  }
  for (ir::ValueId id : node.outputs) call.declared.push_back(graph_.values[id].type);
  Planning planning(*this);
  PESTLE_ASSIGN(std::vector<ir::Type> types, find_control(node)->infer(call, planning));
  if (types.size() != node.outputs.size())
    return fail(ErrorCode::kInvalidModel, "the graph it calls does not give as many outputs as the node");
  return take_types(index, std::move(types));
}

bool Plan::has_known_inputs(const ir::Node& node) const {
  const auto is_known = [this](ir::ValueId id) { return id == ir::kNoValue || !unknown_[id]; };
  return std::all_of(node.inputs.begin(), node.inputs.end(), is_known);
}

Status Plan::take_types(size_t index, std::vector<ir::Type> types) {
  const ir::Node& node = graph_.nodes[index];
  for (size_t i = 0; i < types.size(); ++i) {
    const ir::ValueId id = node.outputs[i];
    if (id == ir::kNoValue) continue;
    unknown_[id] = !checked_elements(types[i].shape);
    if (unknown_[id] && types[i].shape.is_static()) return absurd_shape(graph_.values[id].name, types[i].shape);
    is_dynamic_ = is_dynamic_ || unknown_[id];
    graph_.values[id].type = std::move(types[i]);
    graph_.values[id].data = nullptr;  // whatever a file says of it
  }
  return {};
}

// What depends on nothing of the run is computed here, and its node does nothing later: shapes computed from shapes,
// which decide what later nodes give, and weights that are stored in fewer bits than they are read in (DEQUANTIZE of a
// constant). A plan of references folds only the shapes.
Status Plan::fold_node(size_t index) {
  constexpr int64_t kMostIntegers = 256;
  const ir::Node& node = graph_.nodes[index];
  for (ir::ValueId id : node.outputs) {
    if (id == ir::kNoValue || unknown_[id]) return {};
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
  if (const ControlOperator* control = find_control(node)) {
    steps_[index] = bind_control(*control, request);
    return {};
  }
  steps_[index] = bind_step(request, options_.fast_kernels);
  scratch_bytes_ = std::max(scratch_bytes_, steps_[index].scratch_bytes);
  return {};
}

Result<std::shared_ptr<const Plan>> Plan::plan_callee(int64_t graph, const std::vector<ir::Type>& inputs) const {
  if (module_ == nullptr || graph <= 0 || graph >= static_cast<int64_t>(module_->graphs.size()))
    return fail(ErrorCode::kInvalidModel, fmt::format("there is no graph {} to call", graph));
  if (depth_ >= kMostCalls) return fail(ErrorCode::kInvalidModel, "the graphs call one another without end");
  std::string key = std::to_string(graph);
  for (const ir::Type& type : inputs) key += fmt::format(" {}:{}", dtype_name(type.dtype), to_string(type.shape));
  const std::shared_ptr<Family> family = family_ != nullptr ? family_ : std::make_shared<Family>();
  if (const auto known = family->find(key); known != family->end()) return known->second;
  PESTLE_ASSIGN(std::shared_ptr<const Plan> plan,
                make_called(module_, {static_cast<int>(graph), options_.fast_kernels, inputs}, depth_ + 1, family));
  family->emplace(key, plan);
  return plan;
}

// Beyond 256 TiB no machine has the memory; below, sums of sizes cannot wrap.
Status Plan::check_sizes() const {
  constexpr size_t kMostBytes = size_t{1} << 48;
  size_t total = 0;
  for (const ir::Value& value : graph_.values) {
    if (value.is_constant() || !value.type.shape.is_static()) continue;
    const auto elements = checked_elements(value.type.shape);
    const size_t bytes = elements ? storage_bytes(value.type.dtype, *elements) : kMostBytes + 1;
    if (bytes > kMostBytes - total) return absurd_shape(value.name, value.type.shape);
    total += bytes;
  }
  return {};
}

std::shared_ptr<const Plan> Plan::callee(int graph) const {
  const auto it = callees_.find(graph);
  return it == callees_.end() ? nullptr : it->second;
}

Status Plan::set_constant(ir::ValueId id, Bytes bytes) {
  const ir::Value& value = graph_.values[id];
  if (!value.is_constant() || bytes.size() != value.data->size())
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("\"{}\" is no constant of {} bytes", value.name, bytes.size()));
  graph_.values[id].data = std::make_shared<const Bytes>(std::move(bytes));
  ++revision_;
  for (size_t n = 0; n < graph_.nodes.size(); ++n) {
    const std::vector<ir::ValueId>& inputs = graph_.nodes[n].inputs;
    if (std::find(inputs.begin(), inputs.end(), id) == inputs.end()) continue;
    if (is_folded(graph_.nodes[n])) return fail(ErrorCode::kInvalidArgument, "shapes were computed from this constant");
    if (!is_dynamic_) PESTLE_TRY(bind_node(n));
  }
  return {};
}

}  // namespace pestle::runtime
