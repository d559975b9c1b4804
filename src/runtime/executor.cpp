#include "runtime/executor.h"

#include <fmt/core.h>

#include <cstring>

#include "ir/label.h"

namespace pestle::runtime {

Executor::Executor(std::shared_ptr<const Plan> plan, ThreadPool& pool)
    : plan_(std::move(plan)), pool_(pool), arena_(plan_->arena_bytes()), scratch_(0) {
  resolve();
}

void Executor::resolve() {
  revision_ = plan_->revision();
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
    case Placement::kUnused: return nullptr;
  }
  return nullptr;
}

Status Executor::set_input(int i, const ConstTensorView& value) {
  const ir::ValueId id = plan_->graph().inputs[i];
  const ir::Type& type = plan_->graph().values[id].type;
  const Placement& placement = plan_->placement(id);
  if (value.dtype != type.dtype || value.bytes.size() != placement.bytes) {
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
  const std::span<const std::byte* const> inputs(inputs_.data() + ranges_[index].first_input, node.inputs.size());
  const std::span<std::byte* const> outputs(outputs_.data() + ranges_[index].first_output, node.outputs.size());
  if (Status status = plan_->steps()[index].run({inputs, outputs, scratch_.data(), pool_}); !status) {
    return in_context(std::move(status).error(), ir::label(plan_->graph(), node));
  }
  return {};
}

Status Executor::run(const Observer& observer) {
  for (size_t i = 0; i < plan_->steps().size(); ++i) {
    PESTLE_TRY(run_step(i));
    if (observer) observer(i);
  }
  return {};
}

ConstTensorView Executor::value(ir::ValueId id) const {
  const ir::Type& type = plan_->graph().values[id].type;
  return {type.dtype, type.shape, {address(id), plan_->placement(id).bytes}};
}

}  // namespace pestle::runtime
