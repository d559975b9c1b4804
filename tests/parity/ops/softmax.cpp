// SOFTMAX and LOG_SOFTMAX: the kernels prescribe the output's parameters.
#include "parity/generator.h"

namespace pestle::parity {
namespace {

Status draw_softmax(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 4));
  Shape shape = c.shape(rank, 5);
  shape[rank - 1] = c.chance(10) ? c.integer(20, 100) : c.integer(2, 12);
  ir::Type type = c.type(c.in(0), shape);
  if (type.quantization) {
    // Rows that span up to thirty units of the exponent, but mostly fewer: beyond six, most codes are zero.
    const double codes = c.in(0) == DType::kInt16 ? 65535 : 255;
    const double span = c.chance(20) ? c.log_real(6, 30) : c.log_real(1, 6);
    type.quantization = ir::per_tensor(static_cast<float>(span / codes), type.zero_point());
  }
  c.input(type, type.quantization ? std::nullopt : std::optional(Range{-4, 4}));
  const double beta = c.chance(50) ? 1.0 : c.log_real(0.3, 1.5);
  c.set("beta", static_cast<double>(static_cast<float>(beta)));
  switch (c.out(0)) {
    case DType::kInt8: c.fixed(1.0f / 256, -128); break;
    case DType::kUInt8: c.fixed(1.0f / 256, 0); break;
    case DType::kInt16: c.fixed(1.0f / 32768, 0); break;
    default: break;
  }
  return {};
}

Status draw_log_softmax(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 4));
  Shape shape = c.shape(rank, 5);
  shape[rank - 1] = c.chance(20) ? c.integer(20, 300) : c.integer(2, 12);
  ir::Type type = c.type(c.in(0), shape);
  if (type.quantization)
    type.quantization = ir::per_tensor(static_cast<float>(c.log_real(0.004, 0.06)), type.zero_point());
  c.input(type);
  if (c.in(0) == DType::kInt8) c.fixed(16.0f / 256, 127);
  if (c.in(0) == DType::kUInt8) c.fixed(16.0f / 256, 255);
  return {};
}

}  // namespace

std::vector<Generator> generators_softmax() {
  return {{.operators = {"SOFTMAX"}, .draw = draw_softmax, .each_output = {0}, .rescales = true},
          // LOG_SOFTMAX multiplies by numbers above 1 only, where one rounding and two are the same.
          {.operators = {"LOG_SOFTMAX"}, .draw = draw_log_softmax}};
}

}  // namespace pestle::parity
