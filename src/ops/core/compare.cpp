#include "ops/core/compare.h"

#include "base/fixed_point.h"
#include "ops/core/broadcast.h"

namespace pestle::ops {
namespace {

template <Comparison C, typename T>
bool holds(T a, T b) {
  switch (C) {
    case Comparison::kEqual: return a == b;
    case Comparison::kNotEqual: return a != b;
    case Comparison::kLess: return a < b;
    case Comparison::kLessEqual: return a <= b;
    case Comparison::kGreater: return a > b;
    case Comparison::kGreaterEqual: return a >= b;
  }
  return false;
}

template <typename T>
T comparable(T value) {
  return value;
}
float comparable(Half value) { return to_float(value); }

template <Comparison C, typename T>
void compare(const Evaluation& e) {
  const T* a = e.inputs[0].as<T>();
  const T* b = e.inputs[1].as<T>();
  bool* y = e.outputs[0].as<bool>();
  for_each_broadcast(e.inputs[0].shape(), e.inputs[1].shape(), e.outputs[0].shape(),
                     [=](int64_t i, int64_t j, int64_t k) { y[i] = holds<C>(comparable(a[j]), comparable(b[k])); });
}

template <Comparison C, typename Code>
void compare_codes(const Evaluation& e) {
  if (!e.inputs[0].type->is_quantized() || !e.inputs[1].type->is_quantized()) return compare<C, Code>(e);
  const Code* a = e.inputs[0].as<Code>();
  const Code* b = e.inputs[1].as<Code>();
  bool* y = e.outputs[0].as<bool>();
  const FixedMultiplier by_a = quantize_multiplier(e.inputs[0].scale()),
                        by_b = quantize_multiplier(e.inputs[1].scale());
  const int32_t zero_a = e.inputs[0].zero_point(), zero_b = e.inputs[1].zero_point();
  for_each_broadcast(e.inputs[0].shape(), e.inputs[1].shape(), e.outputs[0].shape(),
                     [=](int64_t i, int64_t j, int64_t k) {
                       y[i] = holds<C>(multiply((a[j] - zero_a) * 256, by_a), multiply((b[k] - zero_b) * 256, by_b));
                     });
}

}  // namespace

Status infer_comparison(Inference& in) {
  if (in.dtype(0) != in.dtype(1)) return fail(ErrorCode::kInvalidModel, "the operands differ in type");
  const auto y = broadcast(in.shape(0), in.shape(1));
  if (!y) {
    return fail(ErrorCode::kInvalidModel,
                "shapes " + to_string(in.shape(0)) + " and " + to_string(in.shape(1)) + " do not broadcast");
  }
  in.set(0, DType::kBool, *y);
  return {};
}

template <Comparison C>
Status evaluate_comparison(const Evaluation& e) {
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: compare<C, float>(e); return {};
    case DType::kFloat16: compare<C, Half>(e); return {};
    case DType::kInt32: compare<C, int32_t>(e); return {};
    case DType::kInt64: compare<C, int64_t>(e); return {};
    case DType::kBool: compare<C, bool>(e); return {};
    case DType::kInt8: compare_codes<C, int8_t>(e); return {};
    case DType::kUInt8: compare_codes<C, uint8_t>(e); return {};
    case DType::kInt16:
      if constexpr (C == Comparison::kEqual || C == Comparison::kNotEqual) {
        compare_codes<C, int16_t>(e);
      } else {
        compare<C, int16_t>(e);
      }
      return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}
template Status evaluate_comparison<Comparison::kEqual>(const Evaluation&);
template Status evaluate_comparison<Comparison::kNotEqual>(const Evaluation&);
template Status evaluate_comparison<Comparison::kLess>(const Evaluation&);
template Status evaluate_comparison<Comparison::kLessEqual>(const Evaluation&);
template Status evaluate_comparison<Comparison::kGreater>(const Evaluation&);
template Status evaluate_comparison<Comparison::kGreaterEqual>(const Evaluation&);

OpDef comparison_operator(const char* name, int code) {
  return {
      .name = name,
      .code = code,
      .options_record = "",
      .summary = "",
      .inputs = {{"lhs"}, {"rhs"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"bool", {kBool}, {kBool}, 1}},
      .infer = infer_comparison,
      .layout = {LayoutKind::kBroadcast},
  };
}


}  // namespace pestle::ops
