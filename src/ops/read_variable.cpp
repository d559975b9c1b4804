// READ_VARIABLE
//   y = the value that was assigned last.
#include "ops/core/control.h"

namespace pestle::ops {

const OpDef& op_read_variable() {
  static const OpDef def = {
      .name = "READ_VARIABLE",
      .code = 143,
      .options_record = "ReadVariableOptions",
      .summary = "y = value of the variable",
      .inputs = {{"handle"}},
      .outputs = {{"value"}},
      .options = {},
      .types = {{"any", {kResource}, {kAnyWhole}, 1}},
      .traits = kControlTraits,
      .infer = infer_as_declared,
  };
  return def;
}

}  // namespace pestle::ops
