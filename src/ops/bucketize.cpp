// BUCKETIZE
//   y = how many of the boundaries (rising floats) are not above x.
#include <algorithm>

#include "ops/core/unary.h"
#include "ops/core/visit.h"

namespace pestle::ops {
namespace {

constexpr const char* kBoundaries = "boundaries";

std::vector<float> boundaries_of(const ir::Node& node) {
  const auto* values = node.attributes.get<std::vector<double>>(kBoundaries);
  return values == nullptr ? std::vector<float>{} : std::vector<float>(values->begin(), values->end());
}

Status infer(Inference& in) {
  const std::vector<float> boundaries = boundaries_of(in.node());
  if (!std::is_sorted(boundaries.begin(), boundaries.end()))
    return fail(ErrorCode::kInvalidModel, "the boundaries do not rise");
  in.set(0, DType::kInt32, in.shape(0));
  return {};
}

Status evaluate(const Evaluation& e) {
  const std::vector<float> boundaries = boundaries_of(e.node);
  return visit<float, double, int32_t, int64_t>(e.inputs[0].dtype(), [&](auto zero) {
    using T = decltype(zero);
    map_unary<T, int32_t>(e, [&](T x) {
      const auto above = std::upper_bound(boundaries.begin(), boundaries.end(), x);
      return static_cast<int32_t>(above - boundaries.begin());
    });
  });
}

}  // namespace

const OpDef& op_bucketize() {
  constexpr DTypeSet kBase = kF32 | DTypeSet(DType::kFloat64) | kI32 | kI64;
  static const OpDef def = {
      .name = "BUCKETIZE",
      .code = 147,
      .options_record = "BucketizeOptions",
      .summary = "y = how many boundaries are not above x",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .options = {{kBoundaries, "floats", ""}},
      .types = {{"base", {kBase}, {kI32}, 1}},
      .infer = infer,
      .evaluate = evaluate,
      .layout = {LayoutKind::kFree},
  };
  return def;
}

}  // namespace pestle::ops
