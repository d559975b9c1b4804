// Arithmetic of plain numbers: elementwise operators that know no scales, and normalizations.
#include "parity/generator.h"

namespace pestle::parity {
namespace {

ir::Type plain(Case& c, int operand, Shape shape) { return {c.in(operand), std::move(shape), nullptr}; }

bool is_unsigned(DType dtype) { return dtype == DType::kUInt8 || dtype == DType::kUInt16 || dtype == DType::kUInt32; }

Status draw_floor(Case& c) {
  const auto [a, b] = c.broadcast_shapes(static_cast<int>(c.integer(1, 4)));
  const bool narrow = c.in(0) == DType::kInt8;
  c.input(plain(c, 0, a), narrow ? std::nullopt : std::optional(Range{-1000, 1000}));
  // No divisor is 0, which the kernels refuse, or -1, whose quotient of the lowest integer does not exist.
  c.input(plain(c, 0, b), c.chance(50) ? Range{1, 20} : Range{-20, -2});
  return {};
}

Status draw_bits(Case& c) {
  const auto [a, b] = c.broadcast_shapes(static_cast<int>(c.integer(1, 4)));
  const bool shifts = std::string_view(c.def().name) == "RIGHT_SHIFT";
  c.input(plain(c, 0, a));
  c.input(plain(c, 0, b), shifts ? std::optional(Range{is_unsigned(c.in(0)) ? 0.0 : -2.0, 40}) : std::nullopt);
  return {};
}

Status draw_sign(Case& c) {
  c.input(plain(c, 0, c.shape(static_cast<int>(c.integer(1, 4)))), Range{-3, 3});
  return {};
}

Status draw_like(Case& c) {
  c.input(plain(c, 0, c.shape(static_cast<int>(c.integer(1, 4)))));
  return {};
}

Status draw_add_n(Case& c) {
  const ir::Type type = plain(c, 0, c.shape(static_cast<int>(c.integer(1, 4))));
  for (int64_t i = c.integer(2, 5); i > 0; --i) c.input(type);
  return {};
}

Status draw_atan2(Case& c) {
  const ir::Type type = plain(c, 0, c.shape(static_cast<int>(c.integer(1, 4))));
  c.input(type);
  c.input(type);
  return {};
}

Status draw_broadcast_args(Case& c) {
  const auto [a, b] = c.broadcast_shapes(static_cast<int>(c.integer(1, 4)));
  c.constant_ints(c.in(0), {a.begin(), a.end()});
  c.constant_ints(c.in(0), {b.begin(), b.end()});
  return {};
}

Status draw_bitcast(Case& c) {
  const DType output = c.any_of({DType::kInt8, DType::kUInt16, DType::kInt32, DType::kUInt64, DType::kFloat16});
  const int64_t from = dtype_bits(c.in(0)), to = dtype_bits(output);
  Shape shape = c.shape(static_cast<int>(c.integer(1, 3)));
  if (from < to) shape.push_back(to / from);
  c.input(plain(c, 0, shape));
  c.declared(0).dtype = output;
  return {};
}

Status draw_rank(Case& c) {
  c.input(c.type(c.in(0), c.shape(static_cast<int>(c.integer(1, 4)))));
  return {};
}

Status draw_l2_normalization(Case& c) {
  c.input(c.type(c.in(0), c.shape(static_cast<int>(c.integer(1, 4)), c.chance(20) ? 30 : 7)));
  if (c.in(0) == DType::kInt8) c.fixed(1.0f / 128, 0);
  if (c.in(0) == DType::kUInt8) c.fixed(1.0f / 128, 128);
  return {};
}

Status draw_local_response(Case& c) {
  c.input(plain(c, 0, c.shape(4, 9)));
  c.set("radius", c.integer(0, 5));
  c.set("bias", c.real(0.5, 2));
  c.set("alpha", c.real(0.01, 1));
  c.set("beta", c.real(0.3, 1));
  return {};
}

Status draw_fake_quant(Case& c) {
  c.input(plain(c, 0, c.shape(static_cast<int>(c.integer(1, 4)))));
  c.set("min", -c.log_real(0.1, 20));
  c.set("max", c.log_real(0.1, 20));
  c.set("num_bits", c.integer(2, 16));
  return {};
}

Status draw_complex(Case& c) {
  c.input(plain(c, 0, c.shape(static_cast<int>(c.integer(1, 4)))));
  return {};
}

}  // namespace

std::vector<Generator> generators_arithmetic() {
  return {{.operators = {"FLOOR_DIV", "FLOOR_MOD"}, .draw = draw_floor},
          {.operators = {"BITWISE_XOR", "RIGHT_SHIFT"}, .draw = draw_bits},
          {.operators = {"SIGN"}, .draw = draw_sign},
          {.operators = {"ZEROS_LIKE"}, .draw = draw_like},
          {.operators = {"RANK"}, .draw = draw_rank},
          {.operators = {"ADD_N"}, .draw = draw_add_n},
          {.operators = {"ATAN2"}, .draw = draw_atan2},
          {.operators = {"BROADCAST_ARGS"}, .draw = draw_broadcast_args},
          {.operators = {"BITCAST"}, .draw = draw_bitcast},
          {.operators = {"L2_NORMALIZATION"}, .draw = draw_l2_normalization, .rescales = true},
          {.operators = {"LOCAL_RESPONSE_NORMALIZATION"}, .draw = draw_local_response},
          {.operators = {"FAKE_QUANT"}, .draw = draw_fake_quant},
          {.operators = {"REAL", "IMAG", "COMPLEX_ABS"}, .draw = draw_complex}};
}

}  // namespace pestle::parity
