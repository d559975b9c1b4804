// FAKE_QUANT
//   y = x rounded to the nearest of 2^num_bits (narrow_range: less 1) values between min and max, which are moved a
//   little so that one of the values is 0. All in float32.
#include <algorithm>
#include <cmath>

#include "ops/core/unary.h"

namespace pestle::ops {
namespace {

constexpr FloatOption kMin{"min", 0.0f};
constexpr FloatOption kMax{"max", 0.0f};
constexpr IntOption kNumBits{"num_bits", 0};
constexpr BoolOption kNarrowRange{"narrow_range", false};

Status infer(Inference& in) {
  const int64_t bits = kNumBits(in.node());
  const float low = kMin(in.node()), high = kMax(in.node());
  if (bits < 2 || bits > 16) return fail(ErrorCode::kInvalidModel, "num_bits must be from 2 to 16");
  if (!(low <= 0.0f && high >= 0.0f && low < high))
    return fail(ErrorCode::kInvalidModel, "min and max must have 0 between them");
  return infer_unary(in);
}

struct Grid {
  float low = 0, high = 0, scale = 1;
};

Grid grid_of(const ir::Node& node) {
  const float lowest = kNarrowRange(node) ? 1.0f : 0.0f;
  const auto highest = static_cast<float>((1 << kNumBits(node)) - 1);
  const float low = kMin(node), scale = (kMax(node) - low) / (highest - lowest);
  const float zero = std::clamp(std::round(std::clamp(lowest - low / scale, lowest, highest)), lowest, highest);
  return {(lowest - zero) * scale, (highest - zero) * scale, scale};
}

Status evaluate(const Evaluation& e) {
  const Grid grid = grid_of(e.node);
  const float inverse = 1.0f / grid.scale;
  map_unary<float>(e, [=](float x) {
    const float shifted = std::min(grid.high, std::max(grid.low, x)) - grid.low;
    return std::round(shifted * inverse) * grid.scale + grid.low;
  });
  return {};
}

int version(const NodeView& view, int) { return kNarrowRange(view.node()) ? 2 : 1; }

}  // namespace

const OpDef& op_fake_quant() {
  static const OpDef def = [] {
    OpDef fake = unary_operator("FAKE_QUANT", 80);
    fake.options_record = "FakeQuantOptions";
    fake.summary = "y = x rounded to 2^num_bits values between min and max";
    fake.options = {kMin.info(), kMax.info(), kNumBits.info(), kNarrowRange.info()};
    fake.infer = infer;
    fake.evaluate = evaluate;
    fake.version = version;
    return fake;
  }();
  return def;
}

}  // namespace pestle::ops
