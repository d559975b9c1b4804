// RFFT2D
//   y[.., u, v] = sum over i, j of x[.., i, j] * exp(-2 pi sqrt(-1) (u i / H + v j / W)), 0 <= v <= W/2, the last two
//   axes of x cut or filled with 0 to the lengths H and W in operand 1, which are powers of two as in TFLite's kernel.
// Summed in double, rows first, along the indices; rounded to float32 at the end.
#include <algorithm>

#include "base/elementary.h"
#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kLength };

bool is_power_of_two(int64_t n) { return n > 0 && (n & (n - 1)) == 0; }

Status infer(Inference& in) {
  Shape y = in.shape(kInput);
  if (y.rank() < 2) return fail(ErrorCode::kInvalidModel, "the input must have at least two axes");
  if (!(in.shape(kLength) == Shape{2})) return fail(ErrorCode::kInvalidModel, "fft_length must be two numbers");
  y[y.rank() - 2] = y[y.rank() - 1] = kUnknown;
  if (const auto length = in.ints(kLength)) {
    constexpr int64_t kMost = 1 << 16;
    for (int64_t n : *length) {
      if (!is_power_of_two(n) || n > kMost)
        return fail(ErrorCode::kUnsupported, "an FFT of length " + std::to_string(n) + ", which is no power of two");
    }
    y[y.rank() - 2] = (*length)[0];
    y[y.rank() - 1] = (*length)[1] / 2 + 1;
  }
  in.set(0, DType::kComplex64, std::move(y));
  return {};
}

struct Complex {
  double real = 0, imaginary = 0;
};

// exp(-2 pi sqrt(-1) k / n) for all k below n.
std::vector<Complex> roots_of_unity(int64_t n) {
  constexpr double kTurn = 0x1.921fb54442d18p+2;
  std::vector<Complex> roots(static_cast<size_t>(n));
  for (int64_t k = 0; k < n; ++k) {
    const double angle = kTurn * static_cast<double>(k) / static_cast<double>(n);
    roots[k] = {elementary::cos(angle), -elementary::sin(angle)};
  }
  return roots;
}

// The first `count` values of the transform of `x`, whose elements lie `step` apart.
void transform(const Complex* x, int64_t used, int64_t step, const std::vector<Complex>& roots, int64_t count,
               Complex* y) {
  const auto n = static_cast<int64_t>(roots.size());
  for (int64_t u = 0; u < count; ++u) {
    Complex sum;
    for (int64_t i = 0; i < used; ++i) {
      const Complex& root = roots[u * i % n];
      const Complex& value = x[i * step];
      sum.real += value.real * root.real - value.imaginary * root.imaginary;
      sum.imaginary += value.real * root.imaginary + value.imaginary * root.real;
    }
    y[u * step] = sum;
  }
}

Status evaluate(const Evaluation& e) {
  const Shape& x = e.inputs[kInput].shape();
  const Shape& y = e.outputs[0].shape();
  const std::vector<int64_t> length = to_int64s(e.inputs[kLength].view());
  const int64_t height = length[0], width = length[1], columns = y.back(0);
  const int64_t used_h = std::min(height, x.back(1)), used_w = std::min(width, x.back(0));
  const std::vector<Complex> row_roots = roots_of_unity(width), column_roots = roots_of_unity(height);
  std::vector<Complex> row(static_cast<size_t>(width)), plane(static_cast<size_t>(height * columns)), out(plane.size());
  auto* to = reinterpret_cast<float*>(e.outputs[0].data);
  const int64_t planes = e.outputs[0].elements() / std::max<int64_t>(1, height * columns);
  for (int64_t p = 0; p < planes; ++p) {
    const float* from = e.inputs[kInput].as<float>() + p * x.back(1) * x.back(0);
    for (int64_t i = 0; i < used_h; ++i) {
      for (int64_t j = 0; j < used_w; ++j) row[j] = {from[i * x.back(0) + j], 0};
      transform(row.data(), used_w, 1, row_roots, columns, plane.data() + i * columns);
    }
    for (int64_t v = 0; v < columns; ++v)
      transform(plane.data() + v, used_h, columns, column_roots, height, out.data() + v);
    for (const Complex& value : out) {
      *to++ = static_cast<float>(value.real);
      *to++ = static_cast<float>(value.imaginary);
    }
  }
  return {};
}

}  // namespace

const OpDef& op_rfft2d() {
  static const OpDef def = {
      .name = "RFFT2D",
      .code = 131,
      .options_record = "Rfft2dOptions",
      .summary = "y = the two-dimensional Fourier transform of x along its last axes, half of it",
      .inputs = {{"input"}, {"fft_length"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"float32", {kF32, kI32}, {DType::kComplex64}, 1}},
      .infer = infer,
      .evaluate = evaluate,
  };
  return def;
}

}  // namespace pestle::ops
