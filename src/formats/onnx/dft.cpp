#include "formats/onnx/dft.h"

#include "base/elementary.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

constexpr double kTurn = 0x1.921fb54442d18p+2;  // 2 pi

struct Factor {
  double cosine, sine;
};

// exp(i 2 pi k / length) for all k below the length.
std::vector<Factor> roots_of_unity(int64_t length) {
  std::vector<Factor> roots;
  for (int64_t k = 0; k < length; ++k) {
    const double angle = kTurn * static_cast<double>(k) / static_cast<double>(length);
    roots.push_back({elementary::cos(angle), elementary::sin(angle)});
  }
  return roots;
}

// How often element n of a half spectrum counts.
double weight_of(const Transform& t, int64_t n) {
  if (!t.inverse) return 1;
  const bool is_mirrored = t.from_half && n != 0 && 2 * n != t.length;
  return is_mirrored ? 2 : 1;
}

}  // namespace

Result<ValueId> transform_matrix(Formula& f, const Transform& t, const std::vector<float>& window) {
  constexpr int64_t kLongest = 1 << 16;
  if (t.length < 1 || t.length > kLongest || t.in < 1 || t.in > kLongest || t.out < 1 || t.out > kLongest)
    return unsupported("a transform of this length");
  PESTLE_TRY(check_affordable(t.in * t.in_parts * t.out * t.out_parts));
  const std::vector<Factor> roots = roots_of_unity(t.length);
  const int64_t used = std::min(t.in, t.from_half ? t.length / 2 + 1 : t.length);
  const int64_t width = t.out * t.out_parts;
  std::vector<float> matrix(static_cast<size_t>(t.in * t.in_parts * width), 0.0f);
  for (int64_t n = 0; n < used; ++n) {
    const double weight = weight_of(t, n) * (window.empty() ? 1.0 : static_cast<double>(window[n]));
    for (int64_t k = 0; k < t.out; ++k) {
      const Factor& root = roots[n * k % t.length];
      const double sine = (t.inverse ? root.sine : -root.sine) * weight, cosine = root.cosine * weight;
      float* real = matrix.data() + n * t.in_parts * width + k * t.out_parts;
      real[0] = static_cast<float>(cosine);
      if (t.out_parts == 2) real[1] = static_cast<float>(sine);
      if (t.in_parts == 2) real[width] = static_cast<float>(-sine);
      if (t.in_parts == 2 && t.out_parts == 2) real[width + 1] = static_cast<float>(cosine);
    }
  }
  return f.emit().floats({t.in * t.in_parts, width}, matrix);
}

}  // namespace pestle::formats::onnx
