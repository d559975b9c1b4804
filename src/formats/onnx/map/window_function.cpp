// BlackmanWindow, HannWindow, HammingWindow -> constants: sums of cosines of 2 pi n / N, where N is the size, or the
// size less one where the window is symmetric.
#include <cmath>
#include <map>
#include <string_view>

#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

struct Cosines {
  double constant, first, second;
};

const std::map<std::string_view, Cosines>& windows() {
  static const std::map<std::string_view, Cosines> table = {
      {"BlackmanWindow", {0.42, -0.5, 0.08}},
      {"HannWindow", {0.5, -0.5, 0}},
      {"HammingWindow", {25.0 / 46.0, -21.0 / 46.0, 0}},
  };
  return table;
}

constexpr int64_t kLongest = int64_t{1} << 24;

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(const auto given, node.ints(0, "size"));
  if (given.size() != 1 || given[0] < 0 || given[0] > kLongest)
    return fail(ErrorCode::kInvalidModel, "its size is no number of samples");
  constexpr int64_t kFloat = 1;  // TensorProto.FLOAT
  if (node.integer("output_datatype", kFloat) != kFloat) return unsupported("a window of another type than float");
  const Cosines& c = windows().at(node.op_type());
  const bool periodic = node.integer("periodic", 1) != 0;
  const auto period = static_cast<double>(periodic ? given[0] : given[0] - 1);
  std::vector<float> values;
  for (int64_t n = 0; n < given[0]; ++n) {
    const double angle = 2 * M_PI * static_cast<double>(n) / period;
    values.push_back(static_cast<float>(c.constant + c.first * std::cos(angle) + c.second * std::cos(2 * angle)));
  }
  return ValueIds{node.emit().floats({given[0]}, values)};
}

}  // namespace

const Mapping& map_window_function() {
  static const Mapping mapping = {{"BlackmanWindow", "HannWindow", "HammingWindow"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
