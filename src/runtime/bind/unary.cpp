// Operators of one operand whose elements, or rows, do not see one another.
#include "ops/core/registry.h"
#include "runtime/slices.h"

namespace pestle::runtime {
namespace {

bool takes(const ops::OpDef& def) { return def.inputs.size() == 1 && def.traits.locality != ops::Locality::kAll; }

std::optional<Step> bind(const BindRequest& request) {
  if (ops::traits_of(request.node()).locality == ops::Locality::kRow) {
    const Shape& x = request.input(0).shape;
    return x.elements() == 0 ? std::nullopt : bind_slices(request, x.back(0));
  }
  if (auto step = bind_table(request)) return step;
  return bind_slices(request, 1);
}

}  // namespace

const Binding& binding_unary() {
  static const Binding binding{{}, bind, takes};
  return binding;
}

}  // namespace pestle::runtime
