// Pad -> PAD (zeros), PADV2 (another constant) or MIRROR_PAD (reflect). All begins come before all ends. Attributes
// before opset 11 (the value: attribute "value"), then operands; axes from opset 18 on.
#include <fmt/core.h>

#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<std::vector<int32_t>> read_paddings(NodeContext& node) {
  PESTLE_ASSIGN(const auto pads, node.integers_by_opset("pads", 1, 11));
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
    if (cells < 0) return unsupported("negative padding");
    if (cells > (1 << 24)) return fail(ErrorCode::kInvalidModel, "the padding is absurdly large");
    paddings[2 * axes[i % axes.size()] + i / axes.size()] = static_cast<int32_t>(cells);
  }
  return paddings;
}

Result<float> read_value(NodeContext& node) {
  if (node.opset() < 11) return node.number("value", 0);
  if (!node.has(2)) return 0.0f;
  PESTLE_ASSIGN(const auto values, node.floats(2, "value"));
  if (values.size() != 1) return fail(ErrorCode::kInvalidModel, "its value is no single number");
  return values[0];
}

Result<ValueIds> map(NodeContext& node) {
  Emitter& emit = node.emit();
  const std::string mode = node.text("mode", "constant");
  PESTLE_ASSIGN(const std::vector<int32_t> paddings, read_paddings(node));
  if (std::all_of(paddings.begin(), paddings.end(), [](int32_t cells) { return cells == 0; }))
    return ValueIds{node.input(0)};
  const ValueId pairs =
      emit.constant({DType::kInt32, Shape{node.rank(0), 2}, std::as_bytes(std::span<const int32_t>(paddings))});
  if (mode == "reflect") return one(emit.emit("MIRROR_PAD", {node.input(0), pairs}, {{"mode", "REFLECT"}}));
  if (mode != "constant") return unsupported(fmt::format("padding of mode \"{}\"", mode));
  PESTLE_ASSIGN(const float value, read_value(node));
  if (value == 0) return one(emit.emit("PAD", {node.input(0), pairs}));
  return one(emit.emit("PADV2", {node.input(0), pairs, emit.number(value)}));
}

}  // namespace

const Mapping& map_pad() {
  static const Mapping mapping = {{"Pad"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
