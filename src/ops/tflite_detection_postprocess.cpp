// TFLite_Detection_PostProcess (custom): from box codes [1,N,4..], class scores [1,N,C] and anchors [N,4] to the best
// boxes that do not overlap: boxes [1,M,4] as (ymin, xmin, ymax, xmax), classes [1,M], scores [1,M], their number [1].
// By default an anchor competes with its best score and is written once for each of its max_classes_per_detection best
// classes; with use_regular_nms every class chooses by itself and the best of all are kept. A background class in front
// of the others is not counted. Unused places are 0. Arithmetic: ops/core/detection.h.
#include <algorithm>
#include <numeric>

#include "ops/core/detection.h"

namespace pestle::ops {
namespace {

enum Operand { kCodes, kScores, kAnchors };
enum Output { kBoxes, kClasses, kBestScores, kCount };

Status infer(Inference& in) {
  PESTLE_ASSIGN(const DetectionOptions options, detection_options(in.node()));
  const Shape& codes = in.shape(kCodes);
  const Shape& scores = in.shape(kScores);
  const Shape& anchors = in.shape(kAnchors);
  const bool fits = codes.rank() == 3 && scores.rank() == 3 && anchors.rank() == 2 && codes.is_static() &&
                    scores.is_static() && anchors.is_static() && codes[0] == 1 && scores[0] == 1 && codes[2] >= 4 &&
                    anchors[1] == 4 && codes[1] == scores[1] && codes[1] == anchors[0];
  if (!fits) return fail(ErrorCode::kInvalidModel, "codes, scores and anchors do not fit");
  const int64_t background = scores[2] - options.num_classes;
  if (background != 0 && background != 1)
    return fail(ErrorCode::kInvalidModel, "there are " + std::to_string(scores[2]) + " scores for " +
                                              std::to_string(options.num_classes) + " classes");
  for (int i : {kCodes, kScores, kAnchors}) {
    if (in.dtype(i) == DType::kUInt8 && !in.type(i).is_quantized())
      return fail(ErrorCode::kInvalidModel, "input " + std::to_string(i) + " is stored in integers but has no scale");
  }
  const int64_t places = options.max_detections * options.max_classes;
  in.set(kBoxes, DType::kFloat32, {1, places, 4});
  in.set(kClasses, DType::kFloat32, {1, places});
  in.set(kBestScores, DType::kFloat32, {1, places});
  in.set(kCount, DType::kFloat32, {1});
  return {};
}

std::vector<float> reals_of(const InputOperand& operand) {
  std::vector<float> values = to_floats(operand.view());
  if (operand.dtype() != DType::kUInt8) return values;
  const auto zero = static_cast<float>(operand.zero_point());
  for (float& value : values) value = operand.scale() * (value - zero);
  return values;
}

struct Detections {
  const Evaluation& e;
  DetectionOptions options;
  std::vector<Box> boxes;
  std::vector<float> scores;  // [N, classes], with the background class if there is one
  int64_t stride = 0;         // of the scores
  int64_t background = 0;

  float score(int64_t anchor, int64_t label) const { return scores[anchor * stride + background + label]; }

  void write(int64_t place, int32_t anchor, int64_t label) const {
    reinterpret_cast<Box*>(e.outputs[kBoxes].data)[place] = boxes[anchor];
    e.outputs[kClasses].as<float>()[place] = static_cast<float>(label);
    e.outputs[kBestScores].as<float>()[place] = score(anchor, label);
  }
};

// The labels of an anchor, best score first.
std::vector<int32_t> best_labels(const Detections& d, int64_t anchor, int64_t count) {
  std::vector<int32_t> labels(static_cast<size_t>(d.options.num_classes));
  std::iota(labels.begin(), labels.end(), 0);
  std::stable_sort(labels.begin(), labels.end(),
                   [&](int32_t a, int32_t b) { return d.score(anchor, a) > d.score(anchor, b); });
  labels.resize(static_cast<size_t>(count));
  return labels;
}

int64_t detect_by_anchor(const Detections& d) {
  const int64_t labels = std::min(d.options.max_classes, d.options.num_classes);
  std::vector<float> best;
  for (size_t anchor = 0; anchor < d.boxes.size(); ++anchor) {
    const float* scores = d.scores.data() + static_cast<int64_t>(anchor) * d.stride + d.background;
    best.push_back(*std::max_element(scores, scores + d.options.num_classes));
  }
  const std::vector<int32_t> chosen = choose_boxes(d.boxes, best, d.options.max_detections, d.options);
  int64_t place = 0;
  for (int32_t anchor : chosen) {
    for (int32_t label : best_labels(d, anchor, labels)) d.write(place++, anchor, label);
  }
  return static_cast<int64_t>(chosen.size());
}

int64_t detect_by_class(const Detections& d) {
  struct Found {
    int32_t anchor;
    int64_t label;
    float score;
  };
  std::vector<Found> found;
  const int64_t most = std::min(d.options.per_class, d.options.max_detections);
  std::vector<float> scores(d.boxes.size());
  for (int64_t label = 0; label < d.options.num_classes; ++label) {
    for (size_t i = 0; i < scores.size(); ++i) scores[i] = d.score(static_cast<int64_t>(i), label);
    const auto before = static_cast<int64_t>(found.size());
    for (int32_t anchor : choose_boxes(d.boxes, scores, most, d.options))
      found.push_back({anchor, label, scores[anchor]});
    std::inplace_merge(found.begin(), found.begin() + before, found.end(),
                       [](const Found& a, const Found& b) { return a.score > b.score; });
    if (static_cast<int64_t>(found.size()) > d.options.max_detections)
      found.resize(static_cast<size_t>(d.options.max_detections));
  }
  for (size_t i = 0; i < found.size(); ++i) d.write(static_cast<int64_t>(i), found[i].anchor, found[i].label);
  return static_cast<int64_t>(found.size());
}

Status evaluate(const Evaluation& e) {
  PESTLE_ASSIGN(const DetectionOptions options, detection_options(e.node));
  for (const OutputOperand& output : e.outputs)
    std::fill(output.as<float>(), output.as<float>() + output.elements(), 0.0f);
  const std::vector<float> codes = reals_of(e.inputs[kCodes]), anchors = reals_of(e.inputs[kAnchors]);
  const Shape& shape = e.inputs[kCodes].shape();
  PESTLE_ASSIGN(std::vector<Box> boxes, decode_boxes({codes.data(), shape[2], anchors.data(), shape[1]}, options));
  const int64_t stride = e.inputs[kScores].shape()[2];
  const Detections d{e, options, std::move(boxes), reals_of(e.inputs[kScores]), stride, stride - options.num_classes};
  *e.outputs[kCount].as<float>() = static_cast<float>(options.regular ? detect_by_class(d) : detect_by_anchor(d));
  return {};
}

}  // namespace

const OpDef& op_tflite_detection_postprocess() {
  static const OpDef def = {
      .name = "TFLite_Detection_PostProcess",
      .code = kCustomCode,
      .options_record = "",
      .summary = "the best boxes that do not overlap, their classes and scores",
      .inputs = {{"box_encodings"}, {"class_predictions"}, {"anchors"}},
      .outputs = {{"boxes"}, {"classes"}, {"scores"}, {"num_detections"}},
      .options = {},
      .types = {{"base", {kF32 | kU8, kF32 | kU8, kF32 | kU8}, {kF32, kF32, kF32, kF32}, 1}},
      .infer = infer,
      .evaluate = evaluate,
  };
  return def;
}

}  // namespace pestle::ops
