#include "ops/core/non_max_suppression.h"

#include <queue>

#include "base/elementary.h"
#include "ops/core/boxes.h"

namespace pestle::ops {
namespace {

struct Candidate {
  int32_t index = 0;
  float score = 0;
  int32_t compared = 0;  // selected boxes that have lowered its score already
};

struct IsWorse {
  bool operator()(const Candidate& a, const Candidate& b) const {
    return a.score != b.score ? a.score < b.score : a.index > b.index;
  }
};

}  // namespace

Result<int64_t> check_suppression(const Inference& in) {
  const Shape& boxes = in.shape(kBoxes);
  const Shape& scores = in.shape(kScores);
  const bool fits = boxes.rank() == 2 && scores.rank() == 1 && (boxes[1] == 4 || boxes[1] == kUnknown) &&
                    (boxes[0] == scores[0] || boxes[0] == kUnknown || scores[0] == kUnknown);
  if (!fits) return fail(ErrorCode::kInvalidModel, "boxes " + to_string(boxes) + " and scores " + to_string(scores));
  for (int i = kMostBoxes; i < in.inputs(); ++i) {
    if (in.shape(i).is_static() && in.shape(i).elements() != 1)
      return fail(ErrorCode::kInvalidModel, "input " + std::to_string(i) + " must be one number");
  }
  const auto most = in.ints(kMostBoxes);
  if (!most) return kUnknown;
  if (most->front() < 0) return fail(ErrorCode::kInvalidModel, "max_output_size is negative");
  return most->front();
}

Selection suppress(const Evaluation& e, float sigma) {
  const auto* boxes = reinterpret_cast<const Box*>(e.inputs[kBoxes].data);
  const float* scores = e.inputs[kScores].as<float>();
  const float most_overlap = *e.inputs[kOverlap].as<float>(), least_score = *e.inputs[kLeastScore].as<float>();
  const auto most = static_cast<size_t>(e.outputs[0].elements());
  std::priority_queue<Candidate, std::vector<Candidate>, IsWorse> queue;
  for (int32_t i = 0; i < static_cast<int32_t>(e.inputs[kScores].elements()); ++i) {
    if (scores[i] > least_score) queue.push({i, scores[i]});
  }
  Selection selection;
  while (selection.indices.size() < most && !queue.empty()) {
    Candidate next = queue.top();
    queue.pop();
    const float before = next.score;
    bool dropped = false;
    for (auto k = static_cast<int32_t>(selection.indices.size()) - 1; k >= next.compared && !dropped; --k) {
      const float common = overlap(boxes[next.index], boxes[selection.indices[k]]);
      dropped = common >= most_overlap;
      if (!dropped && sigma > 0.0f) next.score *= static_cast<float>(elementary::exp(-0.5f / sigma * common * common));
      dropped = dropped || next.score <= least_score;
    }
    next.compared = static_cast<int32_t>(selection.indices.size());
    if (dropped) continue;
    if (next.score == before) {
      selection.indices.push_back(next.index);
      selection.scores.push_back(next.score);
    } else {
      queue.push(next);
    }
  }
  return selection;
}

}  // namespace pestle::ops
