// RANGE
//   y[0] = start, y[i] = y[i-1] + delta, as long as it stays before limit. The number of values is
// ceil(|limit - start| / |delta|); floats are summed up one by one in float32, as TFLite does.
#include <cmath>

#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

enum Operand { kStart, kLimit, kDelta };

Result<int64_t> count_of(int64_t start, int64_t limit, int64_t delta) {
  if (delta == 0 || (start < limit && delta < 0) || (start > limit && delta > 0)) {
    return fail(ErrorCode::kInvalidModel, "delta does not lead from start to limit");
  }
  // Unsigned: the distance may leave int64.
  const uint64_t distance = start < limit ? static_cast<uint64_t>(limit) - static_cast<uint64_t>(start)
                                          : static_cast<uint64_t>(start) - static_cast<uint64_t>(limit);
  const uint64_t step = delta < 0 ? uint64_t{0} - static_cast<uint64_t>(delta) : static_cast<uint64_t>(delta);
  const uint64_t count = distance / step + (distance % step != 0 ? 1 : 0);
  if (count > (uint64_t{1} << 40)) return fail(ErrorCode::kInvalidModel, "the range is too long");
  return static_cast<int64_t>(count);
}

Result<int64_t> count_of(float start, float limit, float delta) {
  const float count = std::ceil(std::abs((limit - start) / delta));
  if (!(count < 1e12f) || (start < limit && delta < 0) || (start > limit && delta > 0)) {
    return fail(ErrorCode::kInvalidModel, "delta does not lead from start to limit");
  }
  return static_cast<int64_t>(count);
}

template <typename T>
using Known = std::optional<std::vector<T>>;

template <typename T>
Result<int64_t> count_if_known(const Known<T>& start, const Known<T>& limit, const Known<T>& delta) {
  if (!start || !limit || !delta) return kUnknown;
  return count_of(start->front(), limit->front(), delta->front());
}

Status infer(Inference& in) {
  for (int i : {kStart, kLimit, kDelta}) {
    if (in.dtype(i) != in.dtype(kStart)) return fail(ErrorCode::kInvalidModel, "start, limit and delta differ in type");
    if (in.shape(i).is_static() && in.shape(i).elements() != 1) {
      return fail(ErrorCode::kInvalidModel, "start, limit and delta must be one number each");
    }
  }
  PESTLE_ASSIGN(const int64_t count, is_float(in.dtype(kStart))
                                         ? count_if_known(in.floats(kStart), in.floats(kLimit), in.floats(kDelta))
                                         : count_if_known(in.ints(kStart), in.ints(kLimit), in.ints(kDelta)));
  in.set(0, in.dtype(kStart), {count});
  return {};
}

template <typename T>
void count_up(const Evaluation& e) {
  T value = *e.inputs[kStart].as<T>();
  const T delta = *e.inputs[kDelta].as<T>();
  T* y = e.outputs[0].as<T>();
  const int64_t count = e.outputs[0].elements();
  for (int64_t i = 0; i < count; ++i) {
    y[i] = value;
    if (i + 1 < count) value += delta;
  }
}

Status evaluate(const Evaluation& e) {
  switch (e.inputs[kStart].dtype()) {
    case DType::kFloat32: count_up<float>(e); return {};
    case DType::kInt32: count_up<int32_t>(e); return {};
    case DType::kInt64: count_up<int64_t>(e); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace

const OpDef& op_range() {
  static const OpDef def = {
      .name = "RANGE",
      .code = 96,
      .options_record = "RangeOptions",
      .summary = "y[i] = start + i * delta",
      .inputs = {{"start"}, {"limit"}, {"delta"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kF32 | kI32}, {kF32 | kI32}, 1}, {"int64", {kI64}, {kI64}, 2}},
      .infer = infer,
      .evaluate = evaluate,
  };
  return def;
}

}  // namespace pestle::ops
