// MAXIMUM and MINIMUM: on codes, whose scales must be equal; broadcasting. NaN and order of operands as TFLite's
// comparison "a better than b ? a : b" has them.
#pragma once

#include "ops/core/binary.h"
#include "ops/core/op_def.h"

namespace pestle::ops {

// `better` is a callable for any of the element types.
template <typename Better>
Status evaluate_extremum(const Evaluation& e, Better better) {
  const auto choose = [better](auto a, auto b) { return better(a, b) ? a : b; };
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: map_binary<float>(e, choose); return {};
    case DType::kInt8: map_binary<int8_t>(e, choose); return {};
    case DType::kUInt8: map_binary<uint8_t>(e, choose); return {};
    case DType::kInt16: map_binary<int16_t>(e, choose); return {};
    case DType::kInt32: map_binary<int32_t>(e, choose); return {};
    case DType::kInt64: map_binary<int64_t>(e, choose); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

// What the two have in common; the caller adds summary and reference.
OpDef extremum_operator(const char* name, int code);

}  // namespace pestle::ops
