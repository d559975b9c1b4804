// TOPK_V2
//   values = the k largest of x along the last axis, largest first; indices = where they were. Of equal values the
// one with the lower index comes first.
#include <algorithm>
#include <numeric>

#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kK };

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  if (x.rank() < 1) return fail(ErrorCode::kInvalidModel, "the input must not be a scalar");
  if (in.shape(kK).is_static() && in.shape(kK).elements() != 1)
    return fail(ErrorCode::kInvalidModel, "k must be one number");
  Shape y = x;
  const auto k = in.ints(kK);
  y[x.rank() - 1] = k ? k->front() : kUnknown;
  if (k && (k->front() < 0 || (x.back(0) != kUnknown && k->front() > x.back(0)))) {
    return fail(ErrorCode::kInvalidModel,
                "k is " + std::to_string(k->front()) + " for an axis of " + std::to_string(x.back(0)));
  }
  in.set(0, in.dtype(kInput), y);
  in.set(1, in.declared(1).dtype == DType::kInt16 ? DType::kInt16 : DType::kInt32, y);
  return {};
}

template <typename T, typename Index>
void choose(const Evaluation& e) {
  const T* x = e.inputs[kInput].as<T>();
  T* values = e.outputs[0].as<T>();
  Index* indices = e.outputs[1].as<Index>();
  const int64_t length = e.inputs[kInput].shape().back(0);
  const int64_t k = e.outputs[0].shape().back(0);
  const int64_t rows = length == 0 ? 0 : e.inputs[kInput].elements() / length;
  std::vector<int64_t> order(static_cast<size_t>(length));
  for (int64_t row = 0; row < rows; ++row, x += length) {
    std::iota(order.begin(), order.end(), int64_t{0});
    std::partial_sort(order.begin(), order.begin() + k, order.end(),
                      [x](int64_t a, int64_t b) { return x[a] > x[b] || (!(x[b] > x[a]) && a < b); });
    for (int64_t i = 0; i < k; ++i) {
      *values++ = x[order[static_cast<size_t>(i)]];
      *indices++ = static_cast<Index>(order[static_cast<size_t>(i)]);
    }
  }
}

template <typename T>
Status choose(const Evaluation& e) {
  if (e.outputs[1].dtype() == DType::kInt16) {
    choose<T, int16_t>(e);
  } else {
    choose<T, int32_t>(e);
  }
  return {};
}

Status evaluate(const Evaluation& e) {
  switch (e.inputs[kInput].dtype()) {
    case DType::kFloat32: return choose<float>(e);
    case DType::kInt8: return choose<int8_t>(e);
    case DType::kUInt8: return choose<uint8_t>(e);
    case DType::kInt16: return choose<int16_t>(e);
    case DType::kInt32: return choose<int32_t>(e);
    case DType::kInt64: return choose<int64_t>(e);
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

// The last axis must stay the last.
bool remap(LayoutEdit& edit) { return edit.permutation().back() == static_cast<int>(edit.permutation().size()) - 1; }

int version(const NodeView& view, int row_version) { return view.output(1).dtype == DType::kInt16 ? 3 : row_version; }

}  // namespace

const OpDef& op_topk_v2() {
  static const DTypeSet kCount = kI32 | kI16;
  static const DTypeSet kBase = kF32 | kU8 | kI32 | kI64;
  static const OpDef def = {
      .name = "TOPK_V2",
      .code = 48,
      .options_record = "TopKV2Options",
      .summary = "values, indices = the k largest along the last axis",
      .inputs = {{"input"}, {"k"}},
      .outputs = {{"values"}, {"indices"}},
      .options = {},
      .types = {{"base", {kBase, kCount}, {kBase, kI32 | kI16}, 1},
                {"int8", {kI8, kCount}, {kI8, kI32 | kI16}, 2},
                {"int16", {kI16, kCount}, {kI16, kI32 | kI16}, 3}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true,
                       .int16 = true,
                       .inputs = {kSharedRule, kNoRule},
                       .outputs = {kSharedRule, kNoRule}},
      .layout = {LayoutKind::kRemaps, {kInput}, remap},
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
