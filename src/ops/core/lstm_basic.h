// The form that nodes of LSTM have whose kernel is BASIC: one matrix for all gates, states that are operands and
// results alike, and results that are scratch.
//   (i, g, f, o)[b] = W (x[b], h[b]) + bias, i, f, o through sigmoid and g through tanh
//   c'[b] = i g + f c[b], h'[b] = o tanh(c'[b])
//   x [B,I], h and c [B,U], W [4U,I+U], bias [4U]; results h', c', (x, h) and the sums [B,4U]. Both states become h',
//   c'.
// uint8: codes of x, h and h' stand for (q - 128) / 128, the sums are int16 in Q3, c is int16 in Q4
// (docs/semantics.md#lstm-basic).
#pragma once

#include "ops/core/op_def.h"

namespace pestle::ops {

enum class LstmKernel : uint8_t { kFull, kBasic };
inline constexpr const char* kLstmKernelNames[] = {"FULL", "BASIC"};
inline constexpr EnumOption<LstmKernel> kLstmKernel{"kernel_type", kLstmKernelNames};

const OpDef& lstm_basic();

}  // namespace pestle::ops
