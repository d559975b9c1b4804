// DENSIFY
//   y = x, a constant that is stored sparse, in full. Sparse constants are read in full before anything runs
// (ir/sparsity.h), so that nothing but a copy is left.
#include "ops/core/copy.h"
#include "ops/core/unary.h"

namespace pestle::ops {
namespace {

Status evaluate(const Evaluation& e) {
  copy_bytes(e.inputs[0], e.outputs[0]);
  return {};
}

}  // namespace

const OpDef& op_densify() {
  static const OpDef def = {
      .name = "DENSIFY",
      .code = 124,
      .options_record = "DensifyOptions",
      .summary = "y = x in full",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kF32 | kF16 | kI8}, {kF32 | kF16 | kI8}, 1}},
      .infer = infer_unary,
      .evaluate = evaluate,
      .layout = {LayoutKind::kFree},
  };
  return def;
}

}  // namespace pestle::ops
