// LOGISTIC and TANH of int16 codes: one table of the sigmoid, linear between its points. The input is first brought
// to steps of 1 / (3 * 4096). Formulas and table: docs/semantics.md#sigmoid.
#pragma once

#include <cstdint>

#include "ops/core/op_def.h"

namespace pestle::ops {

enum class SigmoidKind : uint8_t { kLogistic, kTanh };

void evaluate_sigmoid_int16(const Evaluation& e, SigmoidKind kind);

// int16 LOGISTIC and TANH: zero points 0, output scale 2^-15. Types that are not quantized pass.
Status check_sigmoid_int16(const Inference& in);

// What LOGISTIC and TANH have in common. 8-bit results have the given scale and zero point, int16 ones 2^-15 and 0.
OpDef sigmoid_operator(const char* name, int code, float int8_scale, int32_t int8_zero_point);

}  // namespace pestle::ops
