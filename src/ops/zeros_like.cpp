// ZEROS_LIKE
//   y = 0 in the shape and type of x.
#include <cstring>

#include "ops/core/unary.h"

namespace pestle::ops {
namespace {

Status evaluate(const Evaluation& e) {
  const size_t size = storage_bytes(e.outputs[0].dtype(), e.outputs[0].elements());
  if (size > 0) std::memset(e.outputs[0].data, 0, size);
  return {};
}

}  // namespace

const OpDef& op_zeros_like() {
  static const OpDef def = {
      .name = "ZEROS_LIKE",
      .code = 93,
      .options_record = "ZerosLikeOptions",
      .summary = "y = 0 in the shape of x",
      .inputs = {{"x"}},
      .outputs = {{"y"}},
      .options = {},
      .types = {{"base", {kF32 | kI32 | kI64}, {kF32 | kI32 | kI64}, 1}},
      .traits = {.depends_on_shape_only = true},
      .infer = infer_unary,
      .evaluate = evaluate,
      .layout = {LayoutKind::kFree},
  };
  return def;
}

}  // namespace pestle::ops
