// MelWeightMatrix -> a constant: triangles over the bins of a spectrum, whose corners are evenly spaced on the mel
// scale 2595 log10(1 + f / 700).
#include <cmath>

#include "base/elementary.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

constexpr double kLog10 = 2.302585092994046;

double to_mel(double hertz) { return 2595 * elementary::log(1 + hertz / 700) / kLog10; }
double to_hertz(double mel) { return 700 * (elementary::exp(mel / 2595 * kLog10) - 1); }

Result<double> frequency(NodeContext& node, int i) {
  PESTLE_ASSIGN(const auto values, node.floats(i, "frequency"));
  if (values.size() != 1 || !(values[0] >= 0 && values[0] < 1e9f))
    return fail(ErrorCode::kInvalidModel, "its frequency is no number of hertz");
  return static_cast<double>(values[0]);
}

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(const int64_t bins, node.positive(0, "number of bins"));
  PESTLE_ASSIGN(const int64_t length, node.positive(1, "transform length"));
  PESTLE_ASSIGN(const int64_t rate, node.positive(2, "sample rate"));
  PESTLE_ASSIGN(const double lowest, frequency(node, 3));
  PESTLE_ASSIGN(const double highest, frequency(node, 4));
  constexpr int64_t kFloat = 1;  // TensorProto.FLOAT
  if (node.integer("output_datatype", kFloat) != kFloat) return unsupported("weights of another type than float");
  const int64_t rows = length / 2 + 1;
  PESTLE_TRY(check_affordable(rows * bins));
  const double low = to_mel(lowest), step = (to_mel(highest) - low) / static_cast<double>(bins + 2);
  std::vector<int64_t> corners;
  for (int64_t i = 0; i < bins + 2; ++i) {
    const double hertz = to_hertz(static_cast<double>(i) * step + low);
    corners.push_back(
        static_cast<int64_t>(std::floor(static_cast<double>(length + 1) * hertz / static_cast<double>(rate))));
    if (corners[i] < 0 || corners[i] > rows || (i <= bins && corners[i] == rows))
      return fail(ErrorCode::kInvalidModel, "its frequencies lie beyond the spectrum");
  }
  std::vector<float> weights(static_cast<size_t>(rows * bins), 0.0f);
  for (int64_t i = 0; i < bins; ++i) {
    const int64_t left = corners[i], middle = corners[i + 1], right = corners[i + 2];
    const auto set = [&](int64_t row, int64_t part, int64_t whole) {
      weights[row * bins + i] = static_cast<float>(static_cast<double>(part) / static_cast<double>(whole));
    };
    if (middle == left) set(middle, 1, 1);
    for (int64_t j = left; j <= middle && middle > left; ++j) set(j, j - left, middle - left);
    for (int64_t j = middle; j < right; ++j) set(j, right - j, right - middle);
  }
  return ValueIds{node.emit().floats({rows, bins}, weights)};
}

}  // namespace

const Mapping& map_mel_weight_matrix() {
  static const Mapping mapping = {{"MelWeightMatrix"}, 5, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
