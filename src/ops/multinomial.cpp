// MULTINOMIAL
//   y[b, n] = a class drawn with the probabilities softmax(logits[b, ..]), from the seeds (ops/core/philox.h): the
//   first class whose sum of exp(logit - largest) in double is above a uniform number times the whole sum. Logits that
//   are not finite are never drawn.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/elementary.h"
#include "ops/core/op_def.h"
#include "ops/core/philox.h"
#include "ops/core/visit.h"

namespace pestle::ops {
namespace {

enum Operand { kLogits, kSamples };

Status infer(Inference& in) {
  const Shape& logits = in.shape(kLogits);
  if (logits.rank() != 2 || logits[1] == 0 || !(in.shape(kSamples) == Shape{}))
    return fail(ErrorCode::kInvalidModel, "logits must have two axes and num_samples must be one number");
  const auto samples = in.ints(kSamples);
  if (samples && samples->front() < 0) return fail(ErrorCode::kInvalidModel, "num_samples is negative");
  const DType out = in.declared(0).dtype == DType::kInt32 ? DType::kInt32 : DType::kInt64;
  in.set(0, out, {logits[0], samples ? samples->front() : kUnknown});
  return {};
}

// The sums of the probabilities up to each class, times an unknown factor.
std::vector<double> cumulated(const float* logits, int64_t classes) {
  float most = std::numeric_limits<float>::lowest();
  for (int64_t i = 0; i < classes; ++i) {
    if (std::isfinite(logits[i])) most = std::max(most, logits[i]);
  }
  std::vector<double> sums;
  double sum = 0.0;
  for (int64_t i = 0; i < classes; ++i) {
    if (std::isfinite(logits[i])) sum += elementary::exp(static_cast<double>(logits[i]) - static_cast<double>(most));
    sums.push_back(sum);
  }
  return sums;
}

Status evaluate(const Evaluation& e) {
  const int64_t batches = e.outputs[0].shape()[0], samples = e.outputs[0].shape()[1];
  const int64_t classes = e.inputs[kLogits].shape()[1];
  return visit<int32_t, int64_t>(e.outputs[0].dtype(), [&](auto zero) {
    using T = decltype(zero);
    Philox random(e.node);
    std::array<uint32_t, 4> bits{};
    bool half_left = false;
    for (int64_t b = 0; b < batches; ++b) {
      const std::vector<double> sums = cumulated(e.inputs[kLogits].as<float>() + b * classes, classes);
      for (int64_t n = 0; n < samples; ++n) {
        if (!half_left) bits = random();
        const double share = half_left ? Philox::real(bits[2], bits[3]) : Philox::real(bits[0], bits[1]);
        half_left = !half_left;
        const auto place = std::upper_bound(sums.begin(), sums.end(), share * sums.back());
        e.outputs[0].as<T>()[b * samples + n] = static_cast<T>(place - sums.begin());
      }
    }
  });
}

}  // namespace

const OpDef& op_multinomial() {
  static const OpDef def = {
      .name = "MULTINOMIAL",
      .code = 149,
      .options_record = "RandomOptions",
      .summary = "y[b,n] = a class drawn with the probabilities softmax(logits[b,..])",
      .inputs = {{"logits"}, {"num_samples"}},
      .outputs = {{"out"}},
      .options = {kSeed.info(), kSeed2.info()},
      .types = {{"float32", {kF32, kI32}, {kIndex}, 1}},
      .traits = {.is_random = true},
      .infer = infer,
      .evaluate = evaluate,
  };
  return def;
}

}  // namespace pestle::ops
