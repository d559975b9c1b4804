#include "runtime/dynamic.h"

#include <fmt/core.h>

#include <algorithm>

#include "ops/core/check.h"
#include "ops/core/registry.h"

namespace pestle::runtime {
namespace {

// Until the end of the run.
constexpr size_t kForever = SIZE_MAX;

bool same_shapes(const std::vector<ir::Type>& a, const std::vector<ir::Type>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const ir::Type& x, const ir::Type& y) { return x.shape == y.shape; });
}

bool fits(const Shape& declared, const Shape& given) {
  if (declared.rank() != given.rank()) return false;
  for (int axis = 0; axis < given.rank(); ++axis) {
    if (declared[axis] != kUnknown && declared[axis] != given[axis]) return false;
  }
  return true;
}

}  // namespace

DynamicRun::DynamicRun(const Plan& plan)
    : plan_(plan),
      graph_(plan.graph()),
      tensors_(graph_.values.size()),
      last_use_(graph_.values.size(), 0),
      bound_(graph_.nodes.size()) {
  for (size_t n = 0; n < graph_.nodes.size(); ++n) {
    for (ir::ValueId id : graph_.nodes[n].inputs) {
      if (id != ir::kNoValue) last_use_[id] = n;
    }
  }
  for (ir::ValueId id : graph_.inputs) last_use_[id] = kForever;
  for (ir::ValueId id : graph_.outputs) last_use_[id] = kForever;
  reset_variables();
}

void DynamicRun::reset_variables() {
  for (size_t i = 0; i < graph_.values.size(); ++i) {
    if (!graph_.values[i].is_variable) continue;
    last_use_[i] = kForever;
    tensors_[i] = Tensor(graph_.values[i].type.dtype, graph_.values[i].type.shape);
    const std::span<std::byte> bytes = tensors_[i].view().bytes;
    std::fill(bytes.begin(), bytes.end(), static_cast<std::byte>(first_byte(graph_.values[i].type)));
  }
}

Status DynamicRun::set_input(int i, const ConstTensorView& value) {
  const ir::ValueId id = graph_.inputs[i];
  const ir::Type& planned = plan_.graph().values[id].type;
  if (value.dtype != planned.dtype || !fits(planned.shape, value.shape)) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("input \"{}\" wants {} {}, got {} {}", graph_.values[id].name, dtype_name(planned.dtype),
                            to_string(planned.shape), dtype_name(value.dtype), to_string(value.shape)));
  }
  graph_.values[id].type.shape = value.shape;
  tensors_[id] = Tensor::copy_of(value);
  return {};
}

ConstTensorView DynamicRun::value(ir::ValueId id) const {
  const ir::Value& value = graph_.values[id];
  if (value.is_constant()) return graph_.constant(id);
  return tensors_[id].view();
}

Status DynamicRun::run_control(const ir::Node& node, Surroundings& surroundings) {
  std::vector<ConstTensorView> inputs;
  for (ir::ValueId id : node.inputs) {
    if (id == ir::kNoValue) return fail(ErrorCode::kInvalidModel, "an operand is absent");
    inputs.push_back(value(id));
  }
  PESTLE_ASSIGN(std::vector<Tensor> outputs, find_control(node)->run(node, inputs, surroundings));
  if (outputs.size() != node.outputs.size())
    return fail(ErrorCode::kInvalidModel, "the graph it calls does not give as many outputs as the node");
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (node.outputs[i] == ir::kNoValue) continue;
    if (outputs[i].dtype() != graph_.values[node.outputs[i]].type.dtype)
      return fail(ErrorCode::kInvalidModel, "an output has another type than the graph says");
    graph_.values[node.outputs[i]].type.shape = outputs[i].shape();
    tensors_[node.outputs[i]] = std::move(outputs[i]);
  }
  return {};
}

Status DynamicRun::infer(const ir::Node& node) {
  std::vector<ops::KnownOperand> inputs;
  for (ir::ValueId id : node.inputs) {
    if (id == ir::kNoValue) {
      inputs.push_back({});
    } else {
      inputs.push_back({&graph_.values[id].type, value(id).bytes.data()});
    }
  }
  std::vector<ir::Type> declared;
  for (ir::ValueId id : node.outputs)
    declared.push_back(id == ir::kNoValue ? ir::Type{} : plan_.graph().values[id].type);
  ops::Inference inference(node, std::move(inputs), std::move(declared));
  inference.set_intermediates(ops::NodeView(graph_, node).intermediates());
  const ops::OpDef& def = *ops::find(node);
  PESTLE_TRY(ops::infer_node(def, inference));
  PESTLE_TRY(ops::check_quantization(def, ops::NodeView(graph_, node)));
  std::vector<ir::Type> types = inference.take_outputs();
  for (size_t i = 0; i < types.size(); ++i) {
    if (node.outputs[i] == ir::kNoValue) continue;
    if (!checked_elements(types[i].shape))
      return fail(ErrorCode::kUnsupported, fmt::format("the shape of output {} cannot be known", i));
    graph_.values[node.outputs[i]].type = std::move(types[i]);
  }
  return {};
}

void DynamicRun::bind(size_t index) {
  const ir::Node& node = graph_.nodes[index];
  std::vector<ir::Type> types;
  for (const auto* operands : {&node.inputs, &node.outputs}) {
    for (ir::ValueId id : *operands) types.push_back(id == ir::kNoValue ? ir::Type{} : graph_.values[id].type);
  }
  Bound& bound = bound_[index];
  if (bound.step.run && same_shapes(bound.types, types)) return;
  bound = {std::move(types), bind_step(BindRequest(graph_, node), plan_.options().fast_kernels)};
}

Status DynamicRun::run_step(size_t index, ThreadPool& pool, Surroundings& surroundings) {
  const ir::Node& node = graph_.nodes[index];
  if (!node.outputs.empty() && node.outputs[0] != ir::kNoValue && graph_.values[node.outputs[0]].is_constant()) {
    return {};  // folded when the plan was made
  }
  if (find_control(node) != nullptr) {
    PESTLE_TRY(run_control(node, surroundings));
    release_after(index);
    return {};
  }
  PESTLE_TRY(infer(node));
  bind(index);
  std::vector<const std::byte*> inputs;
  for (ir::ValueId id : node.inputs) inputs.push_back(id == ir::kNoValue ? nullptr : value(id).bytes.data());
  std::vector<std::byte*> outputs;
  for (ir::ValueId id : node.outputs) {
    if (id == ir::kNoValue) {
      outputs.push_back(nullptr);
      continue;
    }
    tensors_[id] = Tensor(graph_.values[id].type.dtype, graph_.values[id].type.shape);
    outputs.push_back(tensors_[id].view().bytes.data());
  }
  const Step& step = bound_[index].step;
  const PackedMemory scratch(step.scratch_bytes);
  PESTLE_TRY(step.run({inputs, outputs, scratch.data(), pool}));
  release_after(index);
  return {};
}

void DynamicRun::release_after(size_t index) {
  for (ir::ValueId id : graph_.nodes[index].inputs) {
    if (id != ir::kNoValue && last_use_[id] == index) tensors_[id] = Tensor();
  }
}

}  // namespace pestle::runtime
