// CAST
//   y = x as another element type, which is the one that the graph declares for the output.
// float to integer truncates towards zero; what is beyond the target's range saturates and NaN becomes 0 (TFLite
// leaves both to the processor). Integers to narrower ones wrap. Anything but 0 is true.
#include <algorithm>
#include <limits>
#include <type_traits>

#include "base/half.h"
#include "base/packing.h"
#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

constexpr DTypeOption kInDataType{"in_data_type", DType::kFloat32};
constexpr DTypeOption kOutDataType{"out_data_type", DType::kFloat32};

constexpr DTypeSet kPlain = kF32 | kF16 | DType::kBFloat16 | DType::kFloat64 | kI8 | kU8 | kI16 | DType::kUInt16 |
                            kI32 | DType::kUInt32 | kI64 | kBool;

Status infer(Inference& in) {
  const DType output = in.declared(0).dtype;
  if (!kPlain.has(output) || (in.dtype(0) == DType::kInt4 && output != DType::kFloat32)) {
    return fail(ErrorCode::kUnsupported,
                std::string("no kernel casts ") + dtype_name(in.dtype(0)) + " to " + dtype_name(output));
  }
  in.set(0, output, in.shape(0));
  return {};
}

// The storage types half and bfloat16 compute as float.
template <typename X>
auto number_of(X x) {
  if constexpr (std::is_same_v<X, Half> || std::is_same_v<X, BFloat16>) {
    return to_float(x);
  } else {
    return x;
  }
}

template <typename Y, typename X>
Y integer_from_float(X x) {
  if (!(x == x)) return 0;
  // Both bounds as the type X: the upper one may be rounded up to a power of two, which is out of range itself.
  if (x >= static_cast<X>(std::numeric_limits<Y>::max())) return std::numeric_limits<Y>::max();
  if (x <= static_cast<X>(std::numeric_limits<Y>::lowest())) return std::numeric_limits<Y>::lowest();
  return static_cast<Y>(x);
}

template <typename Y, typename X>
Y cast_to(X x) {
  if constexpr (std::is_same_v<Y, bool>) {
    return x != 0;
  } else if constexpr (std::is_same_v<Y, Half>) {
    return to_half(static_cast<float>(x));
  } else if constexpr (std::is_same_v<Y, BFloat16>) {
    return to_bfloat16(static_cast<float>(x));
  } else if constexpr (std::is_floating_point_v<X> && std::is_integral_v<Y>) {
    return integer_from_float<Y>(x);
  } else {
    return static_cast<Y>(x);
  }
}

// Calls body(T{}) with a value of the element type.
template <typename Body>
void with_type(DType dtype, Body body) {
  switch (dtype) {
    case DType::kFloat32: body(float{}); break;
    case DType::kFloat16: body(Half{}); break;
    case DType::kBFloat16: body(BFloat16{}); break;
    case DType::kFloat64: body(double{}); break;
    case DType::kInt8: body(int8_t{}); break;
    case DType::kUInt8: body(uint8_t{}); break;
    case DType::kInt16: body(int16_t{}); break;
    case DType::kUInt16: body(uint16_t{}); break;
    case DType::kInt32: body(int32_t{}); break;
    case DType::kUInt32: body(uint32_t{}); break;
    case DType::kInt64: body(int64_t{}); break;
    default: body(bool{}); break;
  }
}

template <typename X, typename Y>
void cast_all(const std::byte* from, std::byte* to, int64_t count) {
  const X* x = reinterpret_cast<const X*>(from);
  Y* y = reinterpret_cast<Y*>(to);
  for (int64_t i = 0; i < count; ++i) y[i] = cast_to<Y>(number_of(x[i]));
}

Status evaluate(const Evaluation& e) {
  const InputOperand& x = e.inputs[0];
  const OutputOperand& y = e.outputs[0];
  if (x.dtype() == DType::kInt4) {
    const std::vector<int8_t> codes = unpack_int4(x.view().bytes, static_cast<size_t>(x.elements()));
    std::copy(codes.begin(), codes.end(), y.as<float>());
    return {};
  }
  with_type(x.dtype(), [&](auto from) {
    with_type(y.dtype(), [&](auto to) { cast_all<decltype(from), decltype(to)>(x.data, y.data, y.elements()); });
  });
  return {};
}

int version_of(DType dtype) {
  switch (dtype) {
    case DType::kBFloat16: return 7;
    case DType::kInt4: return 6;
    case DType::kFloat64:
    case DType::kFloat16: return 5;
    case DType::kUInt16: return 4;
    case DType::kInt8: return 3;
    case DType::kUInt32: return 2;
    default: return 1;
  }
}

int version(const NodeView& view, int /*row_version*/) {
  return std::max(version_of(view.input(0).dtype), version_of(view.output(0).dtype));
}

}  // namespace

const OpDef& op_cast() {
  static const OpDef def = {
      .name = "CAST",
      .code = 53,
      .options_record = "CastOptions",
      .summary = "y = x as another type",
      .inputs = {{"x"}},
      .outputs = {{"y"}},
      .options = {kInDataType.info(), kOutDataType.info()},
      .types = {{"plain", {kPlain}, {kPlain}, 1}, {"int4", {kI4}, {kF32}, 6}},
      .traits = {.locality = Locality::kElement},
      .infer = infer,
      .evaluate = evaluate,
      .passes_on = [](const NodeView&) { return true; },
      .layout = {LayoutKind::kFree},
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
