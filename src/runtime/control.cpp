#include "runtime/control.h"

#include <cstring>
#include <string_view>
#include <unordered_map>

namespace pestle::runtime {

#define PESTLE_ITEM(stem) const ControlOperator& control_##stem();
#include "pestle_lists/controls.inc"
#undef PESTLE_ITEM

int32_t Variables::index_of(const std::string& name) {
  const auto [it, is_new] = indices_.emplace(name, static_cast<int32_t>(values_.size()));
  if (is_new) values_.emplace_back();
  return it->second;
}

const Tensor* Variables::find(int32_t index) const {
  if (index < 0 || index >= static_cast<int32_t>(values_.size()) || !values_[index]) return nullptr;
  return &*values_[index];
}

Status Variables::assign(int32_t index, const ConstTensorView& value) {
  if (index < 0 || index >= static_cast<int32_t>(values_.size())) {
    return fail(ErrorCode::kInvalidModel, "the resource is no variable");
  }
  values_[index] = Tensor::copy_of(value);
  return {};
}

const ControlOperator* find_control(const ir::Node& node) {
  static const auto index = [] {
    std::unordered_map<std::string_view, const ControlOperator*> map;
    for (const ControlOperator* each : {
#define PESTLE_ITEM(stem) &control_##stem(),
#include "pestle_lists/controls.inc"
#undef PESTLE_ITEM
         }) {
      map.emplace(each->op, each);
    }
    return map;
  }();
  if (node.is_custom) return nullptr;
  const auto it = index.find(node.op);
  return it == index.end() ? nullptr : it->second;
}

Step bind_control(const ControlOperator& control, const BindRequest& request) {
  struct Bound {
    const ControlOperator* control;
    ir::Node node;
    std::vector<ir::Type> inputs, outputs;
  };
  auto bound = std::make_shared<Bound>(Bound{&control, request.node(), {}, {}});
  for (int i = 0; i < static_cast<int>(bound->node.inputs.size()); ++i) bound->inputs.push_back(request.input(i));
  for (int i = 0; i < static_cast<int>(bound->node.outputs.size()); ++i) bound->outputs.push_back(request.output(i));
  const auto run = [bound](const StepContext& context) -> Status {
    std::vector<ConstTensorView> inputs;
    for (size_t i = 0; i < bound->inputs.size(); ++i) {
      const ir::Type& type = bound->inputs[i];
      inputs.push_back({type.dtype, type.shape, {context.inputs[i], storage_bytes(type.dtype, type.shape.elements())}});
    }
    PESTLE_ASSIGN(const std::vector<Tensor> outputs, bound->control->run(bound->node, inputs, *context.surroundings));
    for (size_t i = 0; i < outputs.size(); ++i) {
      const ConstTensorView view = outputs[i].view();
      if (view.dtype != bound->outputs[i].dtype || view.shape != bound->outputs[i].shape)
        return fail(ErrorCode::kInvalidModel, "an output has another type than the graph says");
      if (!view.bytes.empty()) std::memcpy(context.outputs[i], view.bytes.data(), view.bytes.size());
    }
    return Status{};
  };
  return {"control", run, 0};
}

std::vector<ir::Type> common_types(const std::vector<ir::Type>& a, const std::vector<ir::Type>& b) {
  std::vector<ir::Type> types = a;
  for (size_t i = 0; i < types.size() && i < b.size(); ++i) {
    Shape& shape = types[i].shape;
    if (shape == b[i].shape) continue;
    if (shape.rank() != b[i].shape.rank()) shape = Shape{kUnknown};
    for (int axis = 0; axis < shape.rank() && axis < b[i].shape.rank(); ++axis) {
      if (shape[axis] != b[i].shape[axis]) shape[axis] = kUnknown;
    }
  }
  return types;
}

std::vector<Tensor> copies_of(std::span<const ConstTensorView> views) {
  std::vector<Tensor> tensors;
  for (const ConstTensorView& view : views) tensors.push_back(Tensor::copy_of(view));
  return tensors;
}

}  // namespace pestle::runtime
