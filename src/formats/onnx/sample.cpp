#include "formats/onnx/sample.h"

namespace pestle::formats::onnx {

using ir::ValueId;

namespace {

// Keys' cubic kernel with a = -0.75, of a distance up to 1 and one between 1 and 2.
ValueId cubic_near(Formula& f, ValueId x) {
  const ValueId inner = f.sub(f.scale(x, 1.25f), f.number(2.25f));
  return f.add(f.mul(f.mul(inner, x), x), f.number(1));
}

ValueId cubic_far(Formula& f, ValueId x) {
  const ValueId square = f.mul(f.sub(f.number(3.75f), f.scale(x, 0.75f)), x);
  return f.add(f.mul(f.sub(square, f.number(6)), x), f.number(3));
}

}  // namespace

ValueId clamped(Formula& f, ValueId value, double low, double high) {
  const ValueId above = f.op("MAXIMUM", {value, f.number(static_cast<float>(low))});
  return f.op("MINIMUM", {above, f.number(static_cast<float>(high))});
}

ValueId reflected(Formula& f, ValueId place, const SampledAxis& axis) {
  const float border = axis.align_corners ? 0.0f : 0.5f;
  const float length = static_cast<float>(axis.extent) - (axis.align_corners ? 1.0f : 0.0f);
  if (length == 0) return f.scale(place, 0);
  const ValueId period = f.number(2 * length);
  const ValueId inside = f.op("FLOOR_MOD", {f.add(place, f.number(border)), period});
  return f.sub(f.op("MINIMUM", {inside, f.sub(period, inside)}), f.number(border));
}

Tap tap_at(Formula& f, ValueId place, const SampledAxis& axis, ValueId weight) {
  const auto last = static_cast<double>(axis.extent - 1);
  if (axis.outside == Outside::kReflection) place = reflected(f, place, axis);
  const ValueId kept = clamped(f, place, 0, last);
  if (axis.outside == Outside::kZeros) {
    const ValueId inside = f.cast(f.op("EQUAL", {kept, place}), DType::kFloat32);
    weight = weight == ir::kNoValue ? inside : f.mul(weight, inside);
  }
  ValueId row = f.cast(kept, DType::kInt32);
  if (axis.stride != 1) row = f.mul(row, f.emit().integer(axis.stride));
  return {row, weight};
}

Taps nearest_taps(Formula& f, ValueId place, const SampledAxis& axis) { return {tap_at(f, place, axis, ir::kNoValue)}; }

Taps linear_taps(Formula& f, ValueId place, const SampledAxis& axis) {
  const ValueId low = f.op("FLOOR", {place}), above = f.sub(place, low), one = f.number(1);
  return {tap_at(f, low, axis, f.sub(one, above)), tap_at(f, f.add(low, one), axis, above)};
}

Taps cubic_taps(Formula& f, ValueId place, const SampledAxis& axis) {
  const ValueId low = f.op("FLOOR", {place}), above = f.sub(place, low), one = f.number(1), two = f.number(2);
  return {tap_at(f, f.sub(low, one), axis, cubic_far(f, f.add(above, one))), tap_at(f, low, axis, cubic_near(f, above)),
          tap_at(f, f.add(low, one), axis, cubic_near(f, f.sub(one, above))),
          tap_at(f, f.add(low, two), axis, cubic_far(f, f.sub(two, above)))};
}

ValueId sample(Formula& f, const Sampling& sampling) {
  Taps all = {{sampling.first, ir::kNoValue}};
  for (const Taps& taps : sampling.axes) {
    Taps next;
    for (const Tap& before : all) {
      for (const Tap& tap : taps) {
        const bool is_one = before.weight == ir::kNoValue || tap.weight == ir::kNoValue;
        const ValueId weight = !is_one                      ? f.mul(before.weight, tap.weight)
                               : tap.weight == ir::kNoValue ? before.weight
                                                            : tap.weight;
        next.push_back({f.add(before.row, tap.row), weight});
      }
    }
    all = std::move(next);
  }
  ValueId y = ir::kNoValue;
  for (const Tap& tap : all) {
    ValueId part = f.op("GATHER", {sampling.rows, tap.row}, {{"axis", int64_t{0}}});
    if (tap.weight != ir::kNoValue) {
      Shape column = f.shape(tap.weight);
      column.push_back(1);
      part = f.mul(part, f.reshape(tap.weight, column));
    }
    y = y == ir::kNoValue ? part : f.op(sampling.combine, {y, part});
  }
  return y;
}

}  // namespace pestle::formats::onnx
