// UNIQUE
//   y = the different elements of the list x in the order in which they first occur; index[i] = place of x[i] in y.
// Every NaN is an element of its own.
#include <unordered_map>

#include "ops/core/op_def.h"
#include "ops/core/visit.h"

namespace pestle::ops {
namespace {

constexpr DTypeOption kIndexType{"idx_out_type", DType::kInt32};

// Calls found(i, place, is_new) for every element.
template <typename T, typename Found>
void place_elements(const T* x, int64_t count, Found found) {
  std::unordered_map<T, int64_t> places;
  int64_t next = 0;
  for (int64_t i = 0; i < count; ++i) {
    const auto [it, is_new] = places.emplace(x[i], next);
    found(i, it->second, is_new);
    if (is_new) ++next;
  }
}

template <typename T>
int64_t count_different(const std::vector<T>& x) {
  int64_t count = 0;
  place_elements(x.data(), static_cast<int64_t>(x.size()), [&](int64_t, int64_t, bool is_new) { count += is_new; });
  return count;
}

Status infer(Inference& in) {
  if (in.shape(0).rank() != 1) return fail(ErrorCode::kInvalidModel, "the input must be a list");
  const DType index = kIndexType(in.node());
  if (index != DType::kInt32 && index != DType::kInt64)
    return fail(ErrorCode::kInvalidModel, "idx_out_type must be int32 or int64");
  int64_t count = kUnknown;
  if (in.dtype(0) == DType::kFloat32) {
    if (const auto values = in.floats(0)) count = count_different(*values);
  } else if (const auto values = in.ints(0)) {
    count = count_different(*values);
  }
  in.set(0, in.dtype(0), {count});
  in.set(1, index, in.shape(0));
  return {};
}

template <typename T, typename Index>
void write(const Evaluation& e) {
  const T* x = e.inputs[0].as<T>();
  T* y = e.outputs[0].as<T>();
  Index* index = e.outputs[1].as<Index>();
  place_elements(x, e.inputs[0].elements(), [=](int64_t i, int64_t place, bool is_new) {
    if (is_new) y[place] = x[i];
    index[i] = static_cast<Index>(place);
  });
}

Status evaluate(const Evaluation& e) {
  const bool wide = e.outputs[1].dtype() == DType::kInt64;
  return visit<float, int8_t, uint8_t, int16_t, int32_t, int64_t>(e.inputs[0].dtype(), [&](auto zero) {
    using T = decltype(zero);
    wide ? write<T, int64_t>(e) : write<T, int32_t>(e);
  });
}

}  // namespace

const OpDef& op_unique() {
  constexpr DTypeSet kBase = kF32 | kI8 | kU8 | kI16 | kI32 | kI64;
  static const OpDef def = {
      .name = "UNIQUE",
      .code = 103,
      .options_record = "UniqueOptions",
      .summary = "y = the different elements of x, and the place of each x[i] among them",
      .inputs = {{"input"}},
      .outputs = {{"output"}, {"idx"}},
      .options = {kIndexType.info()},
      .types = {{"base", {kBase}, {kBase, kIndex}, 1}},
      .infer = infer,
      .evaluate = evaluate,
  };
  return def;
}

}  // namespace pestle::ops
