// ASSIGN_VARIABLE
//   The variable takes the value.
#include "ops/core/control.h"

namespace pestle::ops {

const OpDef& op_assign_variable() {
  static const OpDef def = {
      .name = "ASSIGN_VARIABLE",
      .code = 144,
      .options_record = "AssignVariableOptions",
      .summary = "variable = value",
      .inputs = {{"handle"}, {"value"}},
      .outputs = {},
      .options = {},
      .types = {{"any", {kResource, kAnyWhole}, {}, 1}},
      .traits = kControlTraits,
      .infer = infer_as_declared,
  };
  return def;
}

}  // namespace pestle::ops
