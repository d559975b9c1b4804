// WHILE
//   state = inputs; while condition_graph(state): state = body_graph(state); outputs = state.
#include "ops/core/control.h"

namespace pestle::ops {

const OpDef& op_while() {
  static const OpDef def = {
      .name = "WHILE",
      .code = 119,
      .options_record = "WhileOptions",
      .summary = "while condition(state): state = body(state)",
      .inputs = {{"state", OperandDef::kVariadic}},
      .outputs = {{"state", OperandDef::kVariadic}},
      .options = {kConditionGraph.info(), kBodyGraph.info()},
      .types = {{"any", {kAnyState}, {kAnyState}, 1}},
      .traits = kControlTraits,
      .infer = infer_as_declared,
  };
  return def;
}

}  // namespace pestle::ops
