#include "ops/core/detection.h"

#include <algorithm>
#include <cmath>

#include "base/elementary.h"
#include "ops/core/flexbuffer.h"

namespace pestle::ops {
namespace {

using Numbers = std::map<std::string, double>;

// Reads a count that bounds memory.
Result<int64_t> read_count(const Numbers& numbers, const char* name, int64_t fallback) {
  constexpr double kMost = 1 << 20;
  const auto it = numbers.find(name);
  if (it == numbers.end() && fallback >= 0) return fallback;
  if (it == numbers.end() || !(it->second >= 1.0 && it->second <= kMost))
    return fail(ErrorCode::kInvalidModel, std::string("its option ") + name + " is absent or out of range");
  return static_cast<int64_t>(it->second);
}

Result<float> read_real(const Numbers& numbers, const char* name) {
  const auto it = numbers.find(name);
  if (it == numbers.end() || !std::isfinite(it->second))
    return fail(ErrorCode::kInvalidModel, std::string("its option ") + name + " is absent or no number");
  return static_cast<float>(it->second);
}

}  // namespace

Result<DetectionOptions> detection_options(const ir::Node& node) {
  const auto numbers = read_flexbuffer_numbers(node.custom_options);
  if (!numbers) return fail(ErrorCode::kInvalidModel, "its options are not a FlexBuffers map");
  DetectionOptions options;
  PESTLE_ASSIGN(options.max_detections, read_count(*numbers, "max_detections", -1));
  PESTLE_ASSIGN(options.max_classes, read_count(*numbers, "max_classes_per_detection", -1));
  PESTLE_ASSIGN(options.num_classes, read_count(*numbers, "num_classes", -1));
  PESTLE_ASSIGN(options.per_class, read_count(*numbers, "detections_per_class", 100));
  PESTLE_ASSIGN(options.score_threshold, read_real(*numbers, "nms_score_threshold"));
  PESTLE_ASSIGN(options.overlap_threshold, read_real(*numbers, "nms_iou_threshold"));
  PESTLE_ASSIGN(options.y_scale, read_real(*numbers, "y_scale"));
  PESTLE_ASSIGN(options.x_scale, read_real(*numbers, "x_scale"));
  PESTLE_ASSIGN(options.h_scale, read_real(*numbers, "h_scale"));
  PESTLE_ASSIGN(options.w_scale, read_real(*numbers, "w_scale"));
  const auto regular = numbers->find("use_regular_nms");
  options.regular = regular != numbers->end() && regular->second != 0.0;
  if (!(options.overlap_threshold > 0.0f && options.overlap_threshold <= 1.0f))
    return fail(ErrorCode::kInvalidModel, "its option nms_iou_threshold is not in (0, 1]");
  return options;
}

Result<std::vector<Box>> decode_boxes(const BoxCodes& codes, const DetectionOptions& options) {
  const auto half = [](float code, float scale, float anchor) {
    return static_cast<float>(0.5 * elementary::exp(static_cast<double>(code / scale)) * static_cast<double>(anchor));
  };
  std::vector<Box> boxes;
  for (int64_t i = 0; i < codes.count; ++i) {
    const float* code = codes.codes + i * codes.stride;
    const float* anchor = codes.anchors + i * 4;
    const float y = code[0] / options.y_scale * anchor[2] + anchor[0];
    const float x = code[1] / options.x_scale * anchor[3] + anchor[1];
    const float half_h = half(code[2], options.h_scale, anchor[2]), half_w = half(code[3], options.w_scale, anchor[3]);
    boxes.push_back({y - half_h, x - half_w, y + half_h, x + half_w});
    if (boxes.back().y0 > boxes.back().y1 || boxes.back().x0 > boxes.back().x1)
      return fail(ErrorCode::kInvalidArgument, "box " + std::to_string(i) + " has a negative extent");
  }
  return boxes;
}

std::vector<int32_t> choose_boxes(const std::vector<Box>& boxes, const std::vector<float>& scores, int64_t most,
                                  const DetectionOptions& options) {
  std::vector<int32_t> order;
  for (size_t i = 0; i < scores.size(); ++i) {
    if (scores[i] >= options.score_threshold) order.push_back(static_cast<int32_t>(i));
  }
  std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) { return scores[a] > scores[b]; });
  std::vector<int32_t> chosen;
  for (int32_t candidate : order) {
    if (static_cast<int64_t>(chosen.size()) >= most) break;
    const bool overlaps = std::any_of(chosen.begin(), chosen.end(), [&](int32_t better) {
      return overlap(boxes[better], boxes[candidate]) > options.overlap_threshold;
    });
    if (!overlaps) chosen.push_back(candidate);
  }
  return chosen;
}

}  // namespace pestle::ops
