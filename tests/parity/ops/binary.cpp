// Arithmetic of two operands with broadcasting.
#include <algorithm>
#include <cmath>

#include "ops/core/fused_activation.h"
#include "parity/generator.h"

namespace pestle::parity {
namespace {

void draw_operands(Case& c, int largest_rank) {
  const auto [a, b] = c.broadcast_shapes(static_cast<int>(c.integer(0, largest_rank)));
  c.either(c.type(c.in(0), a));
  c.either(c.type(c.in(1), b));
}

Status draw_arithmetic(Case& c) {
  draw_operands(c, 5);
  c.fused_activation();
  return c.fit();
}

// An output scale of twice the operands': every other sum lies between two codes. How ties are rounded shows nowhere
// else, since the sums have twenty bits more than the output.
Status draw_ties(Case& c) {
  draw_operands(c, 5);
  const DType dtype = c.in(0);
  const ir::Type& a = c.operand(0).type;
  c.operand(1).type.quantization = ir::per_tensor(a.scale(), c.operand(1).type.zero_point());
  const ops::CodeRange codes = ops::code_range(dtype);
  // The middle of the sums, or differences, in the middle of the codes.
  const int64_t middle = (int64_t{codes.low} + codes.high + 1) / 2;
  const int64_t sign = std::string_view(c.def().name) == "SUB" ? -1 : 1;
  const int64_t offset = (middle - a.zero_point()) + sign * (middle - c.operand(1).type.zero_point());
  c.fixed(2 * a.scale(), dtype == DType::kInt16 ? 0 : std::clamp<int64_t>(middle - offset / 2, codes.low, codes.high));
  return {};
}

// ADD and SUB know another form for int16 with scales that are powers of two; its reference does not broadcast (it
// aborts).
Status draw_sum(Case& c) {
  const bool general = c.in(0) != DType::kInt16 || !c.chance(30);
  if (general && c.in(0) == DType::kInt16) c.set("pot_scale_int16", false);
  if (general && c.quantized() && c.chance(25)) return draw_ties(c);
  if (general) return draw_arithmetic(c);
  const Shape shape = c.shape(static_cast<int>(c.integer(0, 5)));
  c.either(c.type(c.in(0), shape), Range{-16000, 16000});
  c.either(c.type(c.in(1), shape), Range{-20000, 20000});
  const auto output = static_cast<float>(std::ldexp(1.0, static_cast<int>(c.integer(-12, 2))));
  const int shift = static_cast<int>(c.integer(0, 6));
  const int larger = static_cast<int>(c.integer(0, 1));
  c.operand(larger).type.quantization = ir::per_tensor(output, 0);
  c.operand(1 - larger).type.quantization = ir::per_tensor(std::ldexp(output, -shift), 0);
  c.fixed(output, 0);
  return {};
}

// Divisors stay away from zero, which is no number to divide by and whose neighbours make all other quotients one code.
// Small quantized dividends, whose quotient would be below one step, are left out: there the final shift falls below
// -31, which the reference does not define.
Status draw_div(Case& c) {
  const DType dtype = c.in(0);
  const auto [a, b] = c.broadcast_shapes(static_cast<int>(c.integer(0, 5)));
  c.either(c.type(dtype, a));
  c.fused_activation();
  if (!c.quantized()) {
    c.either({dtype, b, nullptr}, dtype == DType::kFloat32 ? Range{0.2, 20} : Range{1, 40});
    return {};
  }
  const ops::CodeRange codes = ops::code_range(dtype);
  const int64_t steps = (int64_t{codes.high} - codes.low) / 8;
  ir::Type divisor = c.type(dtype, b);
  if (dtype != DType::kInt16) divisor.quantization = ir::per_tensor(divisor.scale(), codes.low + c.integer(0, steps));
  c.either(divisor, Range{static_cast<double>(divisor.zero_point() + steps), static_cast<double>(codes.high)});
  PESTLE_TRY(c.fit());
  const ir::Type& x = c.operand(0).type;
  const double unit = x.scale() / (divisor.scale() * c.declared(0).quantization->scale[0]);
  const double least = std::ceil(4.0 * static_cast<double>(codes.high - divisor.zero_point()) / unit);
  if (least > 2.0 * static_cast<double>(steps))
    return fail(ErrorCode::kInvalidArgument, "nearly every quotient would be below one step");
  c.avoid_codes(0, x.zero_point() - static_cast<int64_t>(least), x.zero_point() + static_cast<int64_t>(least));
  return {};
}

Status draw_extremum(Case& c) {
  draw_operands(c, 5);
  if (c.quantized()) c.operand(1).type.quantization = c.operand(0).type.quantization;
  c.like(0);
  return {};
}

Status draw_pow(Case& c) {
  const auto [a, b] = c.broadcast_shapes(static_cast<int>(c.integer(0, 4)));
  const bool is_real = c.in(0) == DType::kFloat32;
  c.either({c.in(0), a, nullptr}, is_real ? Range{0.1, 4} : Range{-9, 9});
  c.either({c.in(0), b, nullptr}, is_real ? Range{-3, 3} : Range{0, 5});
  return {};
}

Status draw_prelu(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 4));
  const Shape shape = c.shape(rank);
  Shape alpha;
  for (int axis = c.chance(50) ? rank - 1 : 0; axis < rank; ++axis) {
    alpha.push_back(axis == rank - 1 || c.chance(30) ? shape[axis] : 1);
  }
  c.input(c.type(c.in(0), shape));
  c.constant(c.type(c.in(1), alpha));
  return c.fit();
}

// Operands that are often equal: few codes, and one scale for both in half of the cases. Scales are below 1: a greater
// one would be a shift to the wrong side, which the reference does not define.
Status draw_comparison(Case& c) {
  const DType dtype = c.in(0);
  const auto [a, b] = c.broadcast_shapes(static_cast<int>(c.integer(0, 4)));
  ir::Type left = c.type(dtype, a), right = c.type(dtype, b);
  if (!c.quantized()) {
    const bool few = dtype != DType::kFloat32 && dtype != DType::kFloat16;
    c.either(left, few ? std::optional(Range{-3, 3}) : std::nullopt);
    c.either(right, few ? std::optional(Range{-3, 3}) : std::nullopt);
    if (a == b) c.repeat_half(0, 1);
    return {};
  }
  left.quantization = ir::per_tensor(static_cast<float>(c.log_real(1e-3, 0.24)), left.zero_point());
  if (c.chance(50)) {
    right.quantization = left.quantization;
  } else {
    right.quantization = ir::per_tensor(left.scale() * static_cast<float>(c.log_real(0.25, 4)), right.zero_point());
  }
  const ops::CodeRange codes = ops::code_range(dtype);
  const double middle = static_cast<double>(c.integer(codes.low, codes.high - 8));
  const auto range = c.chance(50) ? std::nullopt : std::optional(Range{middle, middle + 8});
  c.either(left, range);
  c.either(right, range);
  return {};
}

}  // namespace

std::vector<Generator> generators_binary() {
  return {
      {.operators = {"ADD", "SUB"}, .draw = draw_sum, .rescales = true},
      {.operators = {"MUL", "SQUARED_DIFFERENCE"}, .draw = draw_arithmetic, .rescales = true},
      // DIV spells its two roundings out: the build with one does not change it.
      {.operators = {"DIV"}, .draw = draw_div},
      {.operators = {"MAXIMUM", "MINIMUM"}, .draw = draw_extremum},
      {.operators = {"POW"}, .draw = draw_pow},
      {.operators = {"PRELU"}, .draw = draw_prelu, .rescales = true},
      {.operators = {"EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"}, .draw = draw_comparison},
      {.operators = {"LOGICAL_AND", "LOGICAL_OR"}, .draw = draw_comparison}};
}

}  // namespace pestle::parity
