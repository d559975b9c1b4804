// NonMaxSuppression -> NON_MAX_SUPPRESSION_V4 for every batch entry and class; what it kept is gathered into rows
// (batch entry, class, box). TFLite drops boxes that overlap by the threshold or more, ONNX by more.
#include <algorithm>
#include <cmath>
#include <limits>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

constexpr int64_t kMostRuns = 256;  // of the operator: one a batch entry and class

struct Request {
  int64_t most = 0;
  float overlap = 0, least = std::numeric_limits<float>::lowest();
};

Result<Request> read_request(NodeContext& node) {
  Request r;
  const auto single = [&](int i, const char* what) -> Result<float> {
    PESTLE_ASSIGN(const auto values, node.floats(i, what));
    if (values.size() != 1) return fail(ErrorCode::kInvalidModel, std::string("its ") + what + " is no single number");
    return values[0];
  };
  if (node.has(2)) {
    PESTLE_ASSIGN(const auto most, node.ints(2, "number of boxes"));
    if (most.size() != 1) return fail(ErrorCode::kInvalidModel, "its number of boxes is no single number");
    r.most = std::min(most[0], node.shape(0)[1]);
  }
  if (node.has(3)) {
    PESTLE_ASSIGN(r.overlap, single(3, "overlap"));
  }
  if (node.has(4)) {
    PESTLE_ASSIGN(r.least, single(4, "least score"));
  }
  if (r.most < 1) return unsupported("selects no boxes");
  if (!(r.overlap >= 0 && r.overlap < 1)) return unsupported("an overlap outside 0 to 1");
  r.overlap = std::nextafter(r.overlap, 1.0f);
  return r;
}

// Boxes [N, boxes, 4] by two opposite corners, the lower one first.
ValueId by_corners(NodeContext& node, Formula& f) {
  const ValueId boxes = node.input(0);
  const ValueId a = f.slice(boxes, 2, 0, 2), b = f.slice(boxes, 2, 2, 2);
  if (node.integer("center_point_box", 0) == 0) return f.concat({f.op("MINIMUM", {a, b}), f.op("MAXIMUM", {a, b})}, 2);
  const ValueId half = f.scale(b, 0.5f);
  return f.concat({f.sub(a, half), f.add(a, half)}, 2);
}

// Rows [most, 3], and which of them [most] hold boxes.
Result<std::pair<ValueId, ValueId>> select_boxes(Formula& f, const Request& r, ValueId boxes, ValueId scores,
                                                 std::pair<int64_t, int64_t> place) {
  OpSpec spec{"NON_MAX_SUPPRESSION_V4",
              {boxes, scores, f.emit().integer(r.most), f.number(r.overlap), f.number(r.least)}};
  spec.outputs = 2;
  if (f.failed()) return std::pair{ir::kNoValue, ir::kNoValue};
  PESTLE_ASSIGN(const auto kept, f.emit().emit_all(std::move(spec)));
  std::vector<int32_t> prefix, numbers;
  for (int64_t i = 0; i < r.most; ++i) {
    prefix.push_back(static_cast<int32_t>(place.first));
    prefix.push_back(static_cast<int32_t>(place.second));
    numbers.push_back(static_cast<int32_t>(i));
  }
  const ValueId before = f.emit().constant({DType::kInt32, {r.most, 2}, std::as_bytes(std::span(prefix))});
  const ValueId order = f.emit().constant({DType::kInt32, {r.most}, std::as_bytes(std::span(numbers))});
  return std::pair{f.concat({before, f.reshape(kept[0], {r.most, 1})}, 1), f.op("LESS", {order, kept[1]})};
}

Result<ValueIds> map(NodeContext& node) {
  const Shape boxes = node.shape(0), scores = node.shape(1);
  if (boxes.rank() != 3 || scores.rank() != 3 || boxes[2] != 4 || boxes[0] != scores[0] || boxes[1] != scores[2])
    return fail(ErrorCode::kInvalidModel, "its boxes do not fit its scores");
  const int64_t count = boxes[1];
  if (count < 1 || scores[0] > kMostRuns || scores[1] > kMostRuns || scores[0] * scores[1] > kMostRuns)
    return unsupported("so many batch entries and classes");
  PESTLE_ASSIGN(const Request r, read_request(node));
  PESTLE_TRY(check_affordable(r.most));
  PESTLE_TRY(check_affordable(r.most * 3 * scores[0] * scores[1]));
  Formula f(node.emit());
  const ValueId corners = by_corners(node, f);
  ValueIds rows, flags;
  for (int64_t n = 0; n < scores[0]; ++n) {
    const ValueId own = f.reshape(f.slice(corners, 0, n, 1), {count, 4});
    for (int64_t c = 0; c < scores[1]; ++c) {
      const ValueId of_class = f.reshape(f.slice(f.slice(node.input(1), 0, n, 1), 1, c, 1), {count});
      PESTLE_ASSIGN(const auto selected, select_boxes(f, r, own, of_class, {n, c}));
      rows.push_back(selected.first);
      flags.push_back(selected.second);
    }
  }
  const ValueId places = f.cast(f.op("WHERE", {f.concat(flags, 0)}), DType::kInt32);
  return f.result(f.cast(f.op("GATHER_ND", {f.concat(rows, 0), places}), DType::kInt64));
}

}  // namespace

const Mapping& map_non_max_suppression() {
  static const Mapping mapping = {{"NonMaxSuppression"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
