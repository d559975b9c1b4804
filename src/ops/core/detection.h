// The parts of TFLite_Detection_PostProcess: its options, boxes from codes relative to anchors, and the choice of boxes
// that do not overlap.
#pragma once

#include "ops/core/boxes.h"
#include "ops/core/op_def.h"

namespace pestle::ops {

struct DetectionOptions {
  int64_t max_detections = 0, max_classes = 0, num_classes = 0, per_class = 100;
  float score_threshold = 0, overlap_threshold = 0;
  float y_scale = 1, x_scale = 1, h_scale = 1, w_scale = 1;
  bool regular = false;
};
// From the node's custom options.
Result<DetectionOptions> detection_options(const ir::Node& node);

// Boxes from (y, x, height, width) codes relative to anchors of the same form.
struct BoxCodes {
  const float* codes = nullptr;
  int64_t stride = 4;  // from one code to the next
  const float* anchors = nullptr;
  int64_t count = 0;
};
Result<std::vector<Box>> decode_boxes(const BoxCodes& codes, const DetectionOptions& options);

// Places of at most `most` boxes with scores from the threshold on, best first, none of which overlaps a better one by
// more than the threshold. Equal scores keep their order.
std::vector<int32_t> choose_boxes(const std::vector<Box>& boxes, const std::vector<float>& scores, int64_t most,
                                  const DetectionOptions& options);

}  // namespace pestle::ops
