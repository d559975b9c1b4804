// Arithmetic of two operands with broadcasting.
#include <cmath>

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

// ADD and SUB know another form for int16 with scales that are powers of two; its reference does not broadcast (it
// aborts).
Status draw_sum(Case& c) {
  if (c.in(0) != DType::kInt16) return draw_arithmetic(c);
  if (!c.chance(30)) {
    c.set("pot_scale_int16", false);
    return draw_arithmetic(c);
  }
  const Shape shape = c.shape(static_cast<int>(c.integer(0, 5)));
  c.either(c.type(c.in(0), shape));
  c.either(c.type(c.in(1), shape));
  const auto output = static_cast<float>(std::ldexp(1.0, static_cast<int>(c.integer(-12, 2))));
  const int shift = static_cast<int>(c.integer(0, 6));
  const int larger = static_cast<int>(c.integer(0, 1));
  c.operand(larger).type.quantization = ir::per_tensor(output, 0);
  c.operand(1 - larger).type.quantization = ir::per_tensor(std::ldexp(output, -shift), 0);
  c.fixed(output, 0);
  return {};
}

}  // namespace

std::vector<Generator> generators_binary() {
  return {{.operators = {"ADD", "SUB"}, .draw = draw_sum, .rescales = true},
          {.operators = {"MUL"}, .draw = draw_arithmetic, .rescales = true}};
}

}  // namespace pestle::parity
