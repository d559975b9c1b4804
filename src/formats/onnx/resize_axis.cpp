#include "formats/onnx/resize_axis.h"

#include <algorithm>
#include <cmath>

namespace pestle::formats::onnx {
namespace {

// Where the result x lies on the input's axis.
double source_of(double x, const AxisResize& a, const std::string& coordinates) {
  const auto in = static_cast<double>(a.in), whole = static_cast<double>(a.out);
  const double out = a.scale * in;  // before rounding
  if (coordinates == "asymmetric") return x / a.scale;
  if (coordinates == "align_corners") return a.out == 1 ? 0 : x * (in - 1) / (out - 1);
  if (coordinates == "pytorch_half_pixel" && a.out == 1) return 0;
  if (coordinates == "tf_crop_and_resize") {
    if (a.out == 1) return 0.5 * (a.start + a.end) * (in - 1);
    return a.start * (in - 1) + x * (a.end - a.start) * (in - 1) / (out - 1);
  }
  const double half_pixel = (x + 0.5) / a.scale - 0.5;
  if (coordinates == "half_pixel_symmetric") return half_pixel + in / 2 * (1 - whole / out);
  return half_pixel;
}

bool is_outside(double x, const AxisResize& a, const std::string& coordinates) {
  return coordinates == "tf_crop_and_resize" && (x < 0 || x > static_cast<double>(a.in - 1));
}

double rounded(double x, const std::string& rounding) {
  if (rounding == "floor") return std::floor(x);
  if (rounding == "ceil") return std::ceil(x);
  return rounding == "round_prefer_ceil" ? std::floor(x + 0.5) : std::ceil(x - 0.5);
}

// Keys' kernel: 1 at 0, 0 at all other whole numbers, 0 from 2 on.
double cubic_kernel(double x, double a) {
  x = std::fabs(x);
  if (x >= 2) return 0;
  if (x > 1) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return ((a + 2) * x - (a + 3)) * x * x + 1;
}

double kernel(double x, const ResizeModes& modes) {
  return modes.mode == "cubic" ? cubic_kernel(x, modes.cubic_a) : std::max(0.0, 1 - std::fabs(x));
}

}  // namespace

std::vector<int32_t> nearest_cells(const AxisResize& a, const ResizeModes& modes) {
  std::vector<int32_t> cells;
  for (int64_t i = 0; i < a.out; ++i) {
    const double x = source_of(static_cast<double>(i), a, modes.coordinates);
    const double cell = std::clamp(rounded(x, modes.rounding), 0.0, static_cast<double>(a.in - 1));
    cells.push_back(is_outside(x, a, modes.coordinates) ? -1 : static_cast<int32_t>(cell));
  }
  return cells;
}

// A kernel that is widened against aliasing reaches 1 / scale times as far. Cells beyond the ends repeat the end, or,
// with exclude_outside, do not count; weights sum up to 1 either way.
ResizeWeights interpolation_weights(const AxisResize& a, const ResizeModes& modes) {
  ResizeWeights weights{std::vector<float>(static_cast<size_t>(a.out * a.in), 0.0f), std::vector<bool>(a.out, false)};
  const double shrink = modes.antialias ? std::min(a.scale, 1.0) : 1.0;
  const auto reach = static_cast<int64_t>(std::ceil((modes.mode == "cubic" ? 2 : 1) / shrink));
  for (int64_t i = 0; i < a.out; ++i) {
    const double x = source_of(static_cast<double>(i), a, modes.coordinates);
    weights.outside[i] = is_outside(x, a, modes.coordinates);
    if (weights.outside[i]) continue;
    const auto first = static_cast<int64_t>(std::floor(x)) - reach, last = first + 2 * reach + 1;
    std::vector<double> row(a.in, 0.0);
    double sum = 0;
    for (int64_t cell = first; cell <= last; ++cell) {
      const bool beyond = cell < 0 || cell >= a.in;
      const double weight = kernel((static_cast<double>(cell) - x) * shrink, modes);
      if (beyond && modes.exclude_outside) continue;
      row[std::clamp<int64_t>(cell, 0, a.in - 1)] += weight;
      sum += weight;
    }
    for (int64_t cell = 0; cell < a.in; ++cell) weights.rows[i * a.in + cell] = static_cast<float>(row[cell] / sum);
  }
  return weights;
}

}  // namespace pestle::formats::onnx
