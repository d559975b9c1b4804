// Pad -> PAD (zeros), PADV2 (another constant) or MIRROR_PAD (reflect); edge, wrap, and reflections of reflections take
// their elements by a GATHER an axis. Negative padding cuts. All begins come before all ends. Attributes before opset
// 11 (the value: attribute "value"), then operands; axes from opset 18 on.
#include <fmt/core.h>

#include <algorithm>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<std::vector<int32_t>> read_paddings(NodeContext& node) {
  PESTLE_ASSIGN(const auto pads, node.integers_by_opset(node.is_before(2) ? "paddings" : "pads", 1, 11));
  std::vector<int64_t> axes(node.rank(0));
  for (size_t i = 0; i < axes.size(); ++i) axes[i] = static_cast<int64_t>(i);
  if (node.has(3)) {
    PESTLE_ASSIGN(const auto given, node.ints(3, "axes"));
    PESTLE_ASSIGN(axes, node.axes(given, node.rank(0)));
  }
  if (!pads || pads->size() != 2 * axes.size()) return fail(ErrorCode::kInvalidModel, "its pads do not fit its input");
  std::vector<int32_t> paddings(2 * node.rank(0));
  for (size_t i = 0; i < pads->size(); ++i) {
    const int64_t cells = (*pads)[i];
    if (cells > (1 << 24) || cells < -(1 << 24)) return fail(ErrorCode::kInvalidModel, "the padding is absurdly large");
    paddings[2 * axes[i % axes.size()] + i / axes.size()] = static_cast<int32_t>(cells);
  }
  return paddings;
}

// A scalar of the input's type, or kNoValue for 0.
Result<ValueId> read_value(NodeContext& node) {
  if (node.opset() < 11 || !node.has(2)) {
    const float value = node.opset() < 11 ? node.number("value", 0) : 0;
    return value == 0 ? ir::kNoValue : node.emit().number(value);
  }
  if (!node.shape(2).is_static() || node.shape(2).elements() != 1 || node.dtype(2) != node.dtype(0))
    return fail(ErrorCode::kInvalidModel, "its value is no single number of its input's type");
  if (node.is_constant(2)) {
    const auto view = node.emit().graph().constant(node.input(2));
    const bool is_zero =
        std::all_of(view.bytes.begin(), view.bytes.end(), [](std::byte b) { return b == std::byte{0}; });
    if (is_zero) return ir::kNoValue;
  }
  return node.emit().reshape(node.input(2), Shape());
}

// The element of an axis that stands at a place outside it.
int64_t source_place(const std::string& mode, int64_t place, int64_t extent) {
  if (mode == "edge") return std::clamp<int64_t>(place, 0, extent - 1);
  if (mode == "wrap") return (place % extent + extent) % extent;
  const int64_t period = std::max<int64_t>(2 * (extent - 1), 1);
  const int64_t inside = (place % period + period) % period;
  return std::min(inside, period - inside) % extent;
}

Result<ValueIds> by_gathering(NodeContext& node, const std::vector<int32_t>& paddings, const std::string& mode) {
  Formula f(node.emit());
  ValueId x = node.input(0);
  const Shape shape = node.shape(0);
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const int64_t begin = paddings[2 * axis], end = paddings[2 * axis + 1], extent = shape[axis];
    if (begin == 0 && end == 0) continue;
    const int64_t out = begin + extent + end;
    PESTLE_TRY(check_affordable(out));
    if (extent < 1 || out < 1) return fail(ErrorCode::kInvalidModel, "its padding makes an empty tensor");
    std::vector<int32_t> places;
    for (int64_t o = 0; o < out; ++o) places.push_back(static_cast<int32_t>(source_place(mode, o - begin, extent)));
    const ValueId indices = f.emit().constant({DType::kInt32, {out}, std::as_bytes(std::span(places))});
    x = f.op("GATHER", {x, indices}, {{"axis", int64_t{axis}}});
  }
  return f.result(x);
}

Result<ValueIds> with_constant(NodeContext& node, std::vector<int32_t> paddings) {
  Formula f(node.emit());
  ValueId x = node.input(0);
  const Shape shape = node.shape(0);
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const int64_t cut = -std::min(paddings[2 * axis], 0),
                  left = shape[axis] - cut + std::min(paddings[2 * axis + 1], 0);
    if (left < 0) return fail(ErrorCode::kInvalidModel, "its padding cuts more than there is");
    x = f.slice(x, axis, cut, left);
  }
  for (int32_t& cells : paddings) cells = std::max(cells, 0);
  if (std::all_of(paddings.begin(), paddings.end(), [](int32_t cells) { return cells == 0; })) return f.result(x);
  PESTLE_ASSIGN(const ValueId value, read_value(node));
  const ValueId pairs = node.emit().constant({DType::kInt32, {shape.rank(), 2}, std::as_bytes(std::span(paddings))});
  return f.result(value == ir::kNoValue ? f.op("PAD", {x, pairs}) : f.op("PADV2", {x, pairs, value}));
}

Result<ValueIds> map(NodeContext& node) {
  const std::string mode = node.text("mode", "constant");
  PESTLE_ASSIGN(const std::vector<int32_t> paddings, read_paddings(node));
  if (std::all_of(paddings.begin(), paddings.end(), [](int32_t cells) { return cells == 0; }))
    return ValueIds{node.input(0)};
  if (mode == "constant") return with_constant(node, paddings);
  if (mode != "reflect" && mode != "edge" && mode != "wrap")
    return unsupported(fmt::format("padding of mode \"{}\"", mode));
  bool is_mirrored = mode == "reflect";
  for (size_t i = 0; i < paddings.size(); ++i)
    is_mirrored = is_mirrored && paddings[i] >= 0 && paddings[i] < node.shape(0)[static_cast<int>(i / 2)];
  if (!is_mirrored) return by_gathering(node, paddings, mode);
  const Shape table{node.rank(0), 2};
  const ValueId pairs = node.emit().constant({DType::kInt32, table, std::as_bytes(std::span(paddings))});
  return one(node.emit().emit("MIRROR_PAD", {node.input(0), pairs}, {{"mode", "REFLECT"}}));
}

}  // namespace

const Mapping& map_pad() {
  static const Mapping mapping = {{"Pad"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
