// What the six comparisons share: y[i] = x0[i] < x1[i] and so on, with broadcasting, as bool.
// Quantized operands are brought to a common scale first, each code as multiply((q - z) * 2^8, s), and compared as
// integers. TFLite's kernels define that for scales below 1 only: from there on they shift to the wrong side and call
// everything equal; here the rule holds for every scale. That is why comparisons have no quantization rule: they stay
// float. Integers without quantization parameters are compared as they are; so are int16 codes by the four that order
// (TFLite has no rescaling there).
#pragma once

#include "ops/core/op_def.h"

namespace pestle::ops {

enum class Comparison : uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

Status infer_comparison(Inference& in);
template <Comparison C>
Status evaluate_comparison(const Evaluation& e);

// What they have in common with LOGICAL_AND and LOGICAL_OR, which compare bools: types are those of bools. The caller
// adds the record of options, summary and reference, and type rows where there are more.
OpDef comparison_operator(const char* name, int code);

}  // namespace pestle::ops
