// Elementwise operators of one operand.
#include "ops/core/fused_activation.h"
#include "parity/generator.h"

namespace pestle::parity {
namespace {

Shape any_shape(Case& c) { return c.shape(static_cast<int>(c.integer(0, 5)), 6, true); }

ops::CodeRange codes_of(DType dtype) { return ops::code_range(dtype); }

ir::Type with_zero_point(const ir::Type& type, int64_t zero) {
  ir::Type result = type;
  result.quantization = ir::per_tensor(type.scale(), zero);
  return result;
}

Status draw_plain(Case& c) {
  c.input(c.spanning(c.in(0), any_shape(c), 1, 12));
  return c.fit();
}

Status draw_large(Case& c) {
  c.input(c.type(c.in(0), any_shape(c)));
  return c.fit();
}

// Products and exponentials of a narrow range: beyond it nearly all results have one code.
Status draw_exp(Case& c) {
  c.input(c.spanning(c.in(0), any_shape(c), 0.5, 3), c.quantized() ? std::nullopt : std::optional(Range{-10, 10}));
  return c.fit();
}

// Operators of numbers above zero: the zero point is at the low end, no code is below it.
Status draw_positive(Case& c, int64_t least) {
  ir::Type type = c.spanning(c.in(0), any_shape(c), 1, 50);
  if (!type.quantization) {
    c.input(type, Range{1e-3, 50});
    return {};
  }
  const ops::CodeRange codes = codes_of(type.dtype);
  if (type.dtype != DType::kInt16) type = with_zero_point(type, codes.low + c.integer(0, 100));
  c.input(type, Range{static_cast<double>(type.zero_point() + least), static_cast<double>(codes.high)});
  return c.fit();
}
Status draw_sqrt(Case& c) { return draw_positive(c, 0); }
Status draw_log(Case& c) { return draw_positive(c, 1); }

// The kernel negates codes whatever the zero point.
Status draw_neg(Case& c) {
  ir::Type type = c.type(c.in(0), any_shape(c));
  if (type.quantization) type = with_zero_point(type, 0);
  if (type.dtype == DType::kInt8) {
    c.input(type, Range{-127, 127});
  } else if (type.dtype == DType::kInt16) {
    c.input(type, Range{-32767, 32767});
  } else {
    c.input(type);
  }
  c.like(0);
  return {};
}

Status draw_abs(Case& c) {
  c.input(c.type(c.in(0), any_shape(c)));
  if (!c.chance(30)) return c.fit();
  c.like(0);
  return {};
}

// Few inputs below zero and few beyond the upper bound, where all results are alike.
Status draw_clamp(Case& c) {
  ir::Type type = c.spanning(c.in(0), any_shape(c), 0.8, 8);
  if (!type.quantization) {
    c.input(type, Range{-10, 10});
    return {};
  }
  const bool symmetric = std::string_view(c.def().name) == "RELU_N1_TO_1";
  const double upper = symmetric || std::string_view(c.def().name) == "RELU_0_TO_1" ? 1 : 6;
  const ops::CodeRange codes = codes_of(type.dtype);
  const double span = std::min(upper * 1.2, 255.0);
  const double steps = type.dtype == DType::kInt16 ? 32767 : (symmetric ? 127 : 255);
  const auto scale = static_cast<float>(span / steps);
  const int64_t zero = type.dtype == DType::kInt16
                           ? 0
                           : (symmetric ? c.integer(-20, 20) + codes.low + 128 : codes.low + c.integer(0, 30));
  type.quantization = ir::per_tensor(scale, zero);
  const int64_t low = symmetric ? codes.low : zero - c.integer(0, std::min<int64_t>(30, zero - codes.low));
  c.input(type, Range{static_cast<double>(low), static_cast<double>(codes.high)});
  return c.fit();
}

Status draw_leaky(Case& c) {
  c.input(c.type(c.in(0), any_shape(c)));
  const double alpha = c.chance(20) ? c.real(-1, 0) : c.real(0.01, 1.5);
  c.set("alpha", static_cast<double>(static_cast<float>(alpha)));
  return c.fit();
}

// A range that lies in the tail alone is as small as the rounding of 1 + erf(x): codes of it mean nothing.
Status draw_gelu(Case& c) {
  if (c.chance(50)) c.set("approximate", true);
  PESTLE_TRY(draw_plain(c));
  const bool is_tail = c.declared(0).quantization && c.declared(0).quantization->scale[0] < 1e-5f;
  return is_tail ? fail(ErrorCode::kInvalidArgument, "the outputs are in the tail") : Status();
}

Status draw_logistic(Case& c) {
  c.input(c.spanning(c.in(0), any_shape(c), 2, 12));
  const DType dtype = c.in(0);
  c.fixed(dtype == DType::kInt16 ? 1.0f / 32768 : 1.0f / 256, dtype == DType::kInt8 ? -128 : 0);
  if (!c.quantized()) c.declared(0).quantization = nullptr;
  return {};
}

Status draw_tanh(Case& c) {
  const DType dtype = c.in(0);
  c.input(c.spanning(dtype, any_shape(c), 0.5, 5));
  if (dtype != DType::kInt16 && c.chance(50)) return c.fit();
  c.fixed(dtype == DType::kInt16 ? 1.0f / 32768 : 1.0f / 128, dtype == DType::kUInt8 ? 128 : 0);
  if (!c.quantized()) c.declared(0).quantization = nullptr;
  return {};
}

const char* schema_name(DType dtype) {
  switch (dtype) {
    case DType::kFloat32: return "FLOAT32";
    case DType::kFloat16: return "FLOAT16";
    case DType::kBFloat16: return "BFLOAT16";
    case DType::kFloat64: return "FLOAT64";
    case DType::kComplex64: return "COMPLEX64";
    case DType::kInt8: return "INT8";
    case DType::kUInt8: return "UINT8";
    case DType::kInt16: return "INT16";
    case DType::kUInt16: return "UINT16";
    case DType::kInt32: return "INT32";
    case DType::kUInt32: return "UINT32";
    case DType::kInt64: return "INT64";
    case DType::kUInt64: return "UINT64";
    case DType::kBool: return "BOOL";
    case DType::kInt4: return "INT4";
    default: return "FLOAT32";
  }
}

// Values that every element type holds: what lies outside a type is not defined.
Status draw_cast(Case& c) {
  c.input({c.in(0), any_shape(c), nullptr}, Range{0, 100});
  c.set("in_data_type", std::string(schema_name(c.in(0))));
  c.set("out_data_type", std::string(schema_name(c.out(0))));
  c.declared(0).dtype = c.out(0);
  return {};
}

Status draw_logical_not(Case& c) {
  c.input({c.in(0), any_shape(c), nullptr});
  return {};
}

Status draw_dequantize(Case& c) {
  ir::Type type = c.type(c.in(0), any_shape(c));
  if (is_packed(type.dtype) || type.dtype == DType::kInt32) type.quantization = ir::per_tensor(c.scale(), 0);
  // Per channel, along the last axis.
  if (type.dtype == DType::kInt8 && type.shape.rank() > 0 && c.chance(30)) {
    type = c.weight(DType::kInt8, type.shape, type.shape.rank() - 1);
  }
  c.input(type);
  return {};
}

Status draw_quantize(Case& c) {
  const DType from = c.in(0), to = c.out(0);
  ir::Type type = c.type(from, any_shape(c));
  Range real{-c.log_real(0.01, 100), c.log_real(0.01, 100)};
  if (from == DType::kInt32) type.quantization = ir::per_tensor(c.scale(), 0);
  if (from == DType::kFloat32) {
    c.input(type, real);
  } else {
    const double bound = from == DType::kInt32 ? c.log_real(100, 1e6) : 0;
    c.input(type, bound > 0 ? std::optional(Range{-bound, bound}) : std::nullopt);
    const ops::CodeRange codes = codes_of(from == DType::kInt32 ? DType::kInt16 : from);
    const double low = bound > 0 ? -bound : codes.low, high = bound > 0 ? bound : codes.high;
    real = {(low - type.zero_point()) * type.scale(), (high - type.zero_point()) * type.scale()};
  }
  c.declared(0).dtype = to;
  if (to == DType::kInt32) {
    c.fixed(type.scale() * static_cast<float>(c.log_real(0.01, 10)), 0);
  } else if (to == DType::kInt4) {
    c.fixed(static_cast<float>(std::max(-real.low, real.high) / 7), 0);
  } else {
    c.fit_range(0, to, {std::min(real.low, 0.0), std::max(real.high, 0.0)});
  }
  return {};
}

}  // namespace

std::vector<Generator> generators_unary() {
  return {{.operators = {"CEIL", "COS", "FLOOR", "ROUND", "SIN", "SQUARE"}, .draw = draw_large},
          {.operators = {"ELU"}, .draw = draw_plain},
          {.operators = {"HARD_SWISH"}, .draw = draw_plain},
          {.operators = {"GELU"}, .draw = draw_gelu},
          {.operators = {"EXP"}, .draw = draw_exp},
          {.operators = {"SQRT"}, .draw = draw_sqrt},
          {.operators = {"RSQRT"}, .draw = draw_log, .rescales = true},
          {.operators = {"LOG"}, .draw = draw_log},
          {.operators = {"NEG"}, .draw = draw_neg},
          {.operators = {"ABS"}, .draw = draw_abs, .rescales = true},
          {.operators = {"RELU", "RELU6", "RELU_0_TO_1", "RELU_N1_TO_1"}, .draw = draw_clamp, .rescales = true},
          {.operators = {"LEAKY_RELU"}, .draw = draw_leaky, .rescales = true},
          {.operators = {"LOGISTIC"}, .draw = draw_logistic},
          {.operators = {"TANH"}, .draw = draw_tanh},
          {.operators = {"LOGICAL_NOT"}, .draw = draw_logical_not},
          {.operators = {"CAST"}, .draw = draw_cast, .each_output = {0}},
          {.operators = {"DEQUANTIZE"}, .draw = draw_dequantize},
          {.operators = {"QUANTIZE"}, .draw = draw_quantize, .each_output = {0}, .rescales = true}};
}

}  // namespace pestle::parity
