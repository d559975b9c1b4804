// NEG
//   y = -x
#include "ops/core/op_def.h"
#include "ops/core/unary.h"

namespace pestle::ops {
namespace {

// Wraps: the negative of the lowest integer is itself. int8 and int16 codes are negated whatever their zero point.
template <typename T>
void negate(const Evaluation& e) {
  map_unary<T>(e, [](T x) { return static_cast<T>(uint64_t{0} - static_cast<uint64_t>(x)); });
}

Status evaluate(const Evaluation& e) {
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: map_unary<float>(e, [](float x) { return -x; }); return {};
    case DType::kInt8: negate<int8_t>(e); return {};
    case DType::kInt16: negate<int16_t>(e); return {};
    case DType::kInt32: negate<int32_t>(e); return {};
    case DType::kInt64: negate<int64_t>(e); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace

const OpDef& op_neg() {
  static const OpDef def = [] {
    OpDef neg = unary_operator("NEG", 59);
    neg.options_record = "NegOptions";
    neg.summary = "y = -x";
    neg.types = {{"float32", {kF32}, {kF32}, 1},
                 {"int32", {kI32}, {kI32}, 1},
                 {"int64", {kI64}, {kI64}, 1},
                 {"int8", {kI8}, {kI8}, 1},
                 {"int16", {kI16}, {kI16}, 1}};
    neg.evaluate = evaluate;
    return neg;
  }();
  return def;
}

}  // namespace pestle::ops
