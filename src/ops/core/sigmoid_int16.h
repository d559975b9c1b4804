// LOGISTIC and TANH of int16 codes: one table of the sigmoid, linear between its points. The input is first brought
// to steps of 1 / (3 * 4096). Formulas and table: facts-kernels.md, section 7.
#pragma once

#include <cstdint>

#include "ops/core/operands.h"

namespace pestle::ops {

enum class SigmoidKind : uint8_t { kLogistic, kTanh };

void evaluate_sigmoid_int16(const Evaluation& e, SigmoidKind kind);

// int16 LOGISTIC and TANH: zero points 0, output scale 2^-15. Types that are not quantized pass.
Status check_sigmoid_int16(const Inference& in);

}  // namespace pestle::ops
