#include "runtime/executor.h"

#include <fmt/core.h>

#include <cstring>
#include <limits>

#include "ir/label.h"

namespace pestle::runtime {

namespace {

// Below that (some 50 us of one core) threads cost more than they bring: waking them, and what they burn as they wait
// for the next step.
constexpr int64_t kWorthThreads = 4'000'000;

ThreadPool& pool_for(const Plan& plan, ThreadPool& pool) {
  return plan.is_dynamic() || plan.macs() >= kWorthThreads ? pool : ThreadPool::serial();
}

}  // namespace

// What control operators see of the executor that runs them.
class Executor::Reach : public Surroundings {
 public:
  explicit Reach(Executor& executor) : executor_(executor) {}
  Result<std::vector<ConstTensorView>> call(int64_t graph, std::span<const ConstTensorView> inputs) override {
    return executor_.call(graph, inputs);
  }
  Variables& variables() override { return executor_.shared_->variables; }
  bool is_first_call(int64_t graph) override { return executor_.shared_->called_once.insert(graph).second; }

 private:
  Executor& executor_;
};

Executor::Executor(std::shared_ptr<const Plan> plan, ThreadPool& pool)
    : Executor(std::move(plan), pool, std::make_shared<Shared>()) {}

Executor::Executor(std::shared_ptr<const Plan> plan, ThreadPool& pool, std::shared_ptr<Shared> shared)
    : plan_(std::move(plan)),
      given_pool_(pool),
      pool_(pool_for(*plan_, pool)),
      shared_(std::move(shared)),
      reach_(std::make_unique<Reach>(*this)),
      arena_(plan_->arena_bytes()),
      variables_(plan_->variable_bytes()),
      scratch_(0) {
  resolve();
  reset_variables();
}

Executor::~Executor() = default;

void Executor::reset_variables() {
  const ir::Graph& graph = plan_->graph();
  // A dynamic plan has no places.
  for (size_t i = 0; dynamic_ == nullptr && i < graph.values.size(); ++i) {
    const Placement& placement = plan_->placement(static_cast<ir::ValueId>(i));
    if (placement.kind == Placement::kVariable)
      std::memset(variables_.data() + placement.offset, first_byte(graph.values[i].type), placement.bytes);
  }
  if (dynamic_ != nullptr) dynamic_->reset_variables();
  for (auto& [index, executor] : callees_) executor->reset_variables();
}

void Executor::resolve() {
  revision_ = plan_->revision();
  if (plan_->is_dynamic()) {
    dynamic_ = std::make_unique<DynamicRun>(*plan_);
    return;
  }
  scratch_ = PackedMemory(plan_->scratch_bytes());
  ranges_.clear();
  inputs_.clear();
  outputs_.clear();
  for (const ir::Node& node : plan_->graph().nodes) {
    ranges_.push_back({inputs_.size(), outputs_.size()});
    for (ir::ValueId id : node.inputs) inputs_.push_back(address(id));
    for (ir::ValueId id : node.outputs) outputs_.push_back(address(id));
  }
}

std::byte* Executor::address(ir::ValueId id) const {
  if (id == ir::kNoValue) return nullptr;
  const Placement& placement = plan_->placement(id);
  switch (placement.kind) {
    case Placement::kConstant: return const_cast<std::byte*>(plan_->graph().values[id].data->data());
    case Placement::kArena:
    case Placement::kInput: return arena_.data() + placement.offset;
    case Placement::kVariable: return variables_.data() + placement.offset;
    case Placement::kUnused: return nullptr;
  }
  return nullptr;
}

Status Executor::set_input(int i, const ConstTensorView& value) {
  if (dynamic_ != nullptr) return dynamic_->set_input(i, value);
  const ir::ValueId id = plan_->graph().inputs[i];
  const ir::Type& type = plan_->graph().values[id].type;
  const Placement& placement = plan_->placement(id);
  if (value.dtype != type.dtype || value.shape != type.shape || value.bytes.size() != placement.bytes) {
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("input \"{}\" wants {} {}, got {} {}", plan_->graph().values[id].name, dtype_name(type.dtype),
                    to_string(type.shape), dtype_name(value.dtype), to_string(value.shape)));
  }
  std::memcpy(arena_.data() + placement.offset, value.bytes.data(), value.bytes.size());
  return {};
}

Status Executor::run_step(size_t index) {
  if (revision_ != plan_->revision()) resolve();
  const ir::Node& node = plan_->graph().nodes[index];
  Status status = dynamic_ != nullptr ? dynamic_->run_step(index, pool_, *reach_) : run_static_step(index);
  if (!status) return in_context(std::move(status).error(), ir::label(plan_->graph(), node));
  return {};
}

Status Executor::run_static_step(size_t index) {
  const ir::Node& node = plan_->graph().nodes[index];
  const std::span<const std::byte* const> inputs(inputs_.data() + ranges_[index].first_input, node.inputs.size());
  const std::span<std::byte* const> outputs(outputs_.data() + ranges_[index].first_output, node.outputs.size());
  return plan_->steps()[index].run({inputs, outputs, scratch_.data(), pool_, reach_.get(), inner_});
}

Status Executor::run(const Observer& observer) {
  for (size_t i = 0; i < plan_->graph().nodes.size(); ++i) {
    PESTLE_TRY(run_step(i));
    if (observer) observer(i);
  }
  return {};
}

ConstTensorView Executor::value(ir::ValueId id) const {
  if (dynamic_ != nullptr) return dynamic_->value(id);
  const ir::Type& type = plan_->graph().values[id].type;
  return {type.dtype, type.shape, {address(id), plan_->placement(id).bytes}};
}

Result<Executor*> Executor::callee(int graph, std::span<const ConstTensorView> inputs) {
  const auto takes = [inputs](const Plan& plan) {
    const ir::Graph& called = plan.graph();
    if (called.inputs.size() != inputs.size()) return false;
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (called.values[called.inputs[i]].type.shape != inputs[i].shape) return false;
    }
    return true;
  };
  std::unique_ptr<Executor>& executor = callees_[graph];
  if (executor != nullptr && takes(executor->plan())) return executor.get();
  std::shared_ptr<const Plan> plan = plan_->callee(graph);
  if (plan == nullptr || !takes(*plan)) {
    std::vector<ir::Type> types;
    for (const ConstTensorView& input : inputs) types.push_back({input.dtype, input.shape, nullptr});
    PESTLE_ASSIGN(plan, plan_->plan_callee(graph, types));
  }
  executor.reset(new Executor(std::move(plan), given_pool_, shared_));
  return executor.get();
}

Result<std::vector<ConstTensorView>> Executor::call(int64_t graph, std::span<const ConstTensorView> inputs) {
  if (graph < 0 || graph > std::numeric_limits<int>::max())
    return fail(ErrorCode::kInvalidModel, fmt::format("there is no graph {} to call", graph));
  PESTLE_ASSIGN(Executor* const executor, callee(static_cast<int>(graph), inputs));
  for (size_t i = 0; i < inputs.size(); ++i) PESTLE_TRY(executor->set_input(static_cast<int>(i), inputs[i]));
  PESTLE_TRY(executor->run());
  std::vector<ConstTensorView> outputs;
  for (ir::ValueId id : executor->plan().graph().outputs) outputs.push_back(executor->value(id));
  return outputs;
}

}  // namespace pestle::runtime
