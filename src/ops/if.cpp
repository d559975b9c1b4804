// IF
//   outputs = then_graph(inputs) if the condition is true, else else_graph(inputs).
#include "ops/core/control.h"

namespace pestle::ops {

const OpDef& op_if() {
  static const OpDef def = {
      .name = "IF",
      .code = 118,
      .options_record = "IfOptions",
      .summary = "outputs = condition ? then(inputs) : else(inputs)",
      .inputs = {{"condition"}, {"inputs", OperandDef::kAnyNumber}},
      .outputs = {{"outputs", OperandDef::kVariadic}},
      .options = {kThenGraph.info(), kElseGraph.info()},
      .types = {{"any", {kBool, kAnyState}, {kAnyState}, 1}},
      .traits = kControlTraits,
      .infer = infer_as_declared,
  };
  return def;
}

}  // namespace pestle::ops
