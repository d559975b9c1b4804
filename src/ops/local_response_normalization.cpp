// LOCAL_RESPONSE_NORMALIZATION
//   y[r, c] = x[r, c] * (bias + alpha * sum over k in [c - radius, c + radius] of x[r, k]^2) ^ -beta along the last
//   axis.
// TFLite's reference kernel leaves the last neighbour out; here, as in its default kernels, all count.
#include <algorithm>

#include "base/elementary.h"
#include "ops/core/last_axis.h"

namespace pestle::ops {
namespace {

constexpr IntOption kRadius{"radius", 0};
constexpr FloatOption kBias{"bias", 0.0f};
constexpr FloatOption kAlpha{"alpha", 0.0f};
constexpr FloatOption kBeta{"beta", 0.0f};

Status infer(Inference& in) {
  if (in.shape(0).rank() != 4) return fail(ErrorCode::kInvalidModel, "the input must have rank 4");
  if (kRadius(in.node()) < 0) return fail(ErrorCode::kInvalidModel, "the radius is negative");
  in.set(0, in.dtype(0), in.shape(0));
  return {};
}

Status evaluate(const Evaluation& e) {
  const int64_t radius = kRadius(e.node);
  const float bias = kBias(e.node), alpha = kAlpha(e.node), beta = kBeta(e.node);
  for_each_row<float, float>(e, [=](const float* x, float* y, int64_t length) {
    for (int64_t c = 0; c < length; ++c) {
      const int64_t last = radius >= length - c ? length - 1 : c + radius;
      float sum = 0.0f;
      for (int64_t k = std::max<int64_t>(0, c - radius); k <= last; ++k) sum += x[k] * x[k];
      y[c] = x[c] * static_cast<float>(elementary::pow(bias + alpha * sum, -beta));
    }
  });
  return {};
}

}  // namespace

const OpDef& op_local_response_normalization() {
  static const OpDef def = {
      .name = "LOCAL_RESPONSE_NORMALIZATION",
      .code = 13,
      .options_record = "LocalResponseNormalizationOptions",
      .summary = "y[r,c] = x[r,c] (bias + alpha sum x[r,c-radius..c+radius]^2)^-beta",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .options = {kRadius.info(), kBias.info(), kAlpha.info(), kBeta.info()},
      .types = {{"float32", {kF32}, {kF32}, 1}},
      .traits = {.locality = Locality::kRow},
      .infer = infer,
      .evaluate = evaluate,
      .layout = {LayoutKind::kBlocks},
  };
  return def;
}

}  // namespace pestle::ops
