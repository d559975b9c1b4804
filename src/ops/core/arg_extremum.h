// ARG_MAX and ARG_MIN: the index along one axis (operand 1, a single number) of the extreme element; the first of
// several equal ones. Quantized operands compare their codes. The result is int32 or int64.
#pragma once

#include "ops/core/op_def.h"

namespace pestle::ops {

inline constexpr DTypeOption kOutputType{"output_type", DType::kFloat32};

Status infer_arg_extremum(Inference& in);
LayoutRule arg_extremum_layout();
QuantRule arg_extremum_quantization();
std::vector<TypeRow> arg_extremum_types();

// How the slices along an axis lie in memory: element k of slice (o, i) at (o * length + k) * inner + i.
struct AxisSlices {
  int64_t outer = 1;
  int64_t length = 1;
  int64_t inner = 1;
};
Result<AxisSlices> arg_extremum_slices(const Evaluation& e);

template <typename T, typename Index, typename Better>
void find_extrema(const AxisSlices& slices, const T* x, Index* y, Better better) {
  for (int64_t o = 0; o < slices.outer; ++o) {
    for (int64_t i = 0; i < slices.inner; ++i) {
      const T* slice = x + o * slices.length * slices.inner + i;
      int64_t best = 0;
      for (int64_t k = 1; k < slices.length; ++k) {
        if (better(slice[k * slices.inner], slice[best * slices.inner])) best = k;
      }
      *y++ = static_cast<Index>(best);
    }
  }
}

template <typename T, typename Better>
Status find_extrema(const Evaluation& e, Better better) {
  PESTLE_ASSIGN(const AxisSlices slices, arg_extremum_slices(e));
  if (e.outputs[0].dtype() == DType::kInt64) {
    find_extrema(slices, e.inputs[0].as<T>(), e.outputs[0].as<int64_t>(), better);
  } else {
    find_extrema(slices, e.inputs[0].as<T>(), e.outputs[0].as<int32_t>(), better);
  }
  return {};
}

// Better(a, b): a beats b (std::greater<> for ARG_MAX).
template <typename Better>
Status evaluate_arg_extremum(const Evaluation& e) {
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: return find_extrema<float>(e, Better{});
    case DType::kInt8: return find_extrema<int8_t>(e, Better{});
    case DType::kUInt8: return find_extrema<uint8_t>(e, Better{});
    case DType::kInt32: return find_extrema<int32_t>(e, Better{});
    case DType::kBool: return find_extrema<bool>(e, Better{});
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace pestle::ops
