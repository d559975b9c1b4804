// NON_MAX_SUPPRESSION_V4
//   selected[k] = the k-th box that is kept (ops/core/non_max_suppression.h), 0 from `valid` on.
#include <algorithm>

#include "ops/core/non_max_suppression.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  PESTLE_ASSIGN(const int64_t most, check_suppression(in));
  in.set(0, DType::kInt32, {most});
  in.set(1, DType::kInt32, {});
  return {};
}

Status evaluate(const Evaluation& e) {
  const Selection selection = suppress(e, 0.0f);
  int32_t* y = e.outputs[0].as<int32_t>();
  std::fill(y, y + e.outputs[0].elements(), 0);
  std::copy(selection.indices.begin(), selection.indices.end(), y);
  *e.outputs[1].as<int32_t>() = static_cast<int32_t>(selection.indices.size());
  return {};
}

}  // namespace

const OpDef& op_non_max_suppression_v4() {
  static const OpDef def = {
      .name = "NON_MAX_SUPPRESSION_V4",
      .code = 120,
      .options_record = "NonMaxSuppressionV4Options",
      .summary = "selected = the best boxes that do not overlap",
      .inputs = {{"boxes"}, {"scores"}, {"max_output_size"}, {"iou_threshold"}, {"score_threshold"}},
      .outputs = {{"selected_indices"}, {"valid_outputs"}},
      .options = {},
      .types = {{"float32", {kF32, kF32, kI32, kF32, kF32}, {kI32, kI32}, 1}},
      .infer = infer,
      .evaluate = evaluate,
  };
  return def;
}

}  // namespace pestle::ops
