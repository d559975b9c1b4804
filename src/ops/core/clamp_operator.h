// The operators that are nothing but a range of values: RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1.
// Quantized: clamp(z_y + rescale(x - z_x, s_x / s_y)) to the codes of the bounds (docs/semantics.md#elementwise).
#pragma once

#include "ops/core/op_def.h"

namespace pestle::ops {

Status evaluate_clamp(const Evaluation& e, ClampBounds bounds);

// What the four have in common; the caller adds summary, versions and the reference.
OpDef clamp_operator(const char* name, int code, ClampBounds bounds);

}  // namespace pestle::ops
