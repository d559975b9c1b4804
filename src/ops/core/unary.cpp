#include "ops/core/unary.h"

namespace pestle::ops {

OpDef unary_operator(const char* name, int code) {
  return {
      .name = name,
      .code = code,
      .options_record = "",
      .summary = "",
      .inputs = {{"x"}},
      .outputs = {{"y"}},
      .options = {},
      .types = {{"float32", {kF32}, {kF32}, 1}},
      .traits = {.output_may_share_input = true, .locality = Locality::kElement},
      .infer = infer_unary,
      .layout = {LayoutKind::kFree},
  };
}

QuantRule unary_quantization(bool int16) {
  return {.int8 = true,
          .int16 = int16,
          .symmetric_int16 = int16,
          .inputs = {kActivationRule},
          .outputs = {kActivationRule}};
}

}  // namespace pestle::ops
