// STABLEHLO_COMPOSITE
//   outputs = decomposition_graph(inputs); name, attributes and version are for delegates that know it.
#include "ops/core/control.h"

namespace pestle::ops {

const OpDef& op_stablehlo_composite() {
  static const OpDef def = {
      .name = "STABLEHLO_COMPOSITE",
      .code = 206,
      .options_record = "StableHLOCompositeOptions",
      .summary = "outputs = decomposition(inputs)",
      .inputs = {{"inputs", OperandDef::kAnyNumber}},
      .outputs = {{"outputs", OperandDef::kVariadic}},
      .options = {kDecomposition.info()},
      .types = {{"any", {kAnyState}, {kAnyState}, 1}},
      .traits = kControlTraits,
      .infer = infer_as_declared,
  };
  return def;
}

}  // namespace pestle::ops
