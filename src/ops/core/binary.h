// Elementwise operators of two operands with NumPy broadcasting: what they share in checking and in looping.
#pragma once

#include <limits>
#include <type_traits>

#include "ops/core/broadcast.h"
#include "ops/core/fused_activation.h"
#include "ops/core/op_def.h"

namespace pestle::ops {

// The rank up to which TFLite's kernels broadcast; equal shapes may have any rank.
inline constexpr int kMaxBroadcastRank = 6;

// The shape of both operands together, or why they do not fit.
Result<Shape> broadcast_operands(const Inference& in);

// Operands of one element type, which is the output's too.
Status infer_binary(Inference& in);

// What ADD, SUB, MUL and DIV have in common. The caller adds summary, type rows, inference, reference, versions and how
// they may be quantized.
OpDef arithmetic_operator(const char* name, int code, Arithmetic arithmetic);
// Operands and result have ranges of their own; int16 zero points are 0.
QuantRule arithmetic_quantization();

// True if one of the operands is repeated along an axis and the output has more than `rank` axes.
bool broadcasts_beyond(const NodeView& view, int rank);

// y[i] = f(a[i], b[i]) over the broadcast operands.
template <typename T, typename Y = T, typename F>
void map_binary(const Evaluation& e, F f) {
  const T* a = e.inputs[0].as<T>();
  const T* b = e.inputs[1].as<T>();
  Y* y = e.outputs[0].as<Y>();
  for_each_broadcast(e.inputs[0].shape(), e.inputs[1].shape(), e.outputs[0].shape(),
                     [=](int64_t i, int64_t ia, int64_t ib) { y[i] = f(a[ia], b[ib]); });
}

// The values that a fused activation leaves of an integer that stands for itself.
template <typename T>
struct IntegerRange {
  T low = std::numeric_limits<T>::lowest();
  T high = std::numeric_limits<T>::max();
};

template <typename T>
IntegerRange<T> integer_range(FusedActivation activation) {
  IntegerRange<T> range;
  if (activation == FusedActivation::kRelu || activation == FusedActivation::kRelu6) range.low = 0;
  if (activation == FusedActivation::kReluN1To1) range.low = static_cast<T>(std::is_signed_v<T> ? -1 : 0);
  if (activation == FusedActivation::kRelu6) range.high = 6;
  if (activation == FusedActivation::kReluN1To1) range.high = 1;
  return range;
}

// Integer arithmetic that wraps on overflow as two's complement hardware does: f sees unsigned 64-bit values.
template <typename T, typename F>
void map_integers(const Evaluation& e, FusedActivation activation, F f) {
  const IntegerRange<T> range = integer_range<T>(activation);
  map_binary<T>(e, [=](T a, T b) {
    const auto value = static_cast<T>(f(static_cast<uint64_t>(a), static_cast<uint64_t>(b)));
    return std::clamp(value, range.low, range.high);
  });
}

}  // namespace pestle::ops
