#include "runtime/binding.h"

#include <algorithm>
#include <new>
#include <string_view>
#include <unordered_map>

#include "ops/core/registry.h"

namespace pestle::runtime {

#define PESTLE_ITEM(stem) const Binding& binding_##stem();
#include "pestle_lists/bindings.inc"
#undef PESTLE_ITEM

namespace {

const Binding* choose_binding(const std::vector<const Binding*>& all, const ops::OpDef& def) {
  for (const Binding* binding : all) {
    const auto names_it = [&def](const char* name) { return std::string_view(name) == def.name; };
    if (std::any_of(binding->operators.begin(), binding->operators.end(), names_it)) return binding;
  }
  for (const Binding* binding : all) {
    if (binding->takes != nullptr && binding->takes(def)) return binding;
  }
  return nullptr;
}

}  // namespace

const Binding* find_binding(const ops::OpDef& def) {
  static const auto index = [] {
    const std::vector<const Binding*> all = {
#define PESTLE_ITEM(stem) &binding_##stem(),
#include "pestle_lists/bindings.inc"
#undef PESTLE_ITEM
    };
    std::unordered_map<const ops::OpDef*, const Binding*> map;
    for (const ops::OpDef* each : ops::all()) map.emplace(each, choose_binding(all, *each));
    return map;
  }();
  const auto it = index.find(&def);
  return it == index.end() ? nullptr : it->second;
}

Step bind_step(const BindRequest& request, bool fast_kernels) {
  const ops::OpDef& def = *ops::find(request.node());
  const Binding* binding = fast_kernels ? find_binding(def) : nullptr;
  std::optional<Step> step;
  if (binding != nullptr) step = binding->bind(request);
  return step ? std::move(*step) : bind_reference(def, request);
}

Step bind_reference(const ops::OpDef& def, const BindRequest& request) {
  // The step keeps its own copies: a plan may be moved.
  struct Bound {
    const ops::OpDef* def;
    ir::Node node;
    std::vector<ir::Type> inputs, outputs, intermediates;
    std::vector<bool> present;
  };
  auto bound = std::make_shared<Bound>(Bound{&def, request.node(), {}, {}, request.view().intermediates(), {}});
  for (int i = 0; i < static_cast<int>(bound->node.inputs.size()); ++i) {
    bound->present.push_back(request.has(i));
    bound->inputs.push_back(request.has(i) ? request.input(i) : ir::Type{});
  }
  for (int i = 0; i < static_cast<int>(bound->node.outputs.size()); ++i) bound->outputs.push_back(request.output(i));
  const auto run = [bound](const StepContext& context) {
    std::vector<ops::InputOperand> inputs;
    for (size_t i = 0; i < bound->inputs.size(); ++i) {
      inputs.push_back(bound->present[i] ? ops::InputOperand{&bound->inputs[i], context.inputs[i]}
                                         : ops::InputOperand{});
    }
    std::vector<ops::OutputOperand> outputs;
    for (size_t i = 0; i < bound->outputs.size(); ++i) outputs.push_back({&bound->outputs[i], context.outputs[i]});
    return bound->def->evaluate({bound->node, inputs, outputs, bound->intermediates, context.inner});
  };
  return {"reference", run, 0};
}

PackedMemory::PackedMemory(size_t bytes) {
  constexpr size_t kAlignment = 64;
  const size_t rounded = (std::max<size_t>(bytes, 1) + kAlignment - 1) / kAlignment * kAlignment;
  // Throws std::bad_alloc where there is no memory, like every container; the program reports it.
  const std::align_val_t alignment{kAlignment};
  data_ = std::shared_ptr<std::byte>(static_cast<std::byte*>(::operator new(rounded, alignment)),
                                     [alignment](std::byte* p) { ::operator delete(p, alignment); });
}

}  // namespace pestle::runtime
