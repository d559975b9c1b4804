// NON_MAX_SUPPRESSION_V5
//   selected[k] = the k-th box that is kept and scores[k] its score (ops/core/non_max_suppression.h), 0 from `valid`
//   on.
#include <algorithm>

#include "ops/core/non_max_suppression.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  PESTLE_ASSIGN(const int64_t most, check_suppression(in));
  in.set(0, DType::kInt32, {most});
  in.set(1, DType::kFloat32, {most});
  in.set(2, DType::kInt32, {});
  return {};
}

Status evaluate(const Evaluation& e) {
  const float sigma = *e.inputs[kSigma].as<float>();
  if (!(sigma >= 0.0f)) return fail(ErrorCode::kInvalidArgument, "soft_nms_sigma is negative");
  const Selection selection = suppress(e, sigma);
  int32_t* indices = e.outputs[0].as<int32_t>();
  float* scores = e.outputs[1].as<float>();
  std::fill(indices, indices + e.outputs[0].elements(), 0);
  std::fill(scores, scores + e.outputs[1].elements(), 0.0f);
  std::copy(selection.indices.begin(), selection.indices.end(), indices);
  std::copy(selection.scores.begin(), selection.scores.end(), scores);
  *e.outputs[2].as<int32_t>() = static_cast<int32_t>(selection.indices.size());
  return {};
}

}  // namespace

const OpDef& op_non_max_suppression_v5() {
  static const OpDef def = {
      .name = "NON_MAX_SUPPRESSION_V5",
      .code = 121,
      .options_record = "NonMaxSuppressionV5Options",
      .summary = "selected = the best boxes that do not overlap, scores lowered where they do",
      .inputs =
          {{"boxes"}, {"scores"}, {"max_output_size"}, {"iou_threshold"}, {"score_threshold"}, {"soft_nms_sigma"}},
      .outputs = {{"selected_indices"}, {"selected_scores"}, {"valid_outputs"}},
      .options = {},
      .types = {{"float32", {kF32, kF32, kI32, kF32, kF32, kF32}, {kI32, kF32, kI32}, 1}},
      .infer = infer,
      .evaluate = evaluate,
  };
  return def;
}

}  // namespace pestle::ops
