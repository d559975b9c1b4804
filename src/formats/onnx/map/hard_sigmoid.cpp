// HardSigmoid: clamp(alpha * x + beta, 0, 1) -> RELU6(6 alpha x + 6 beta) / 6, the form in which TFLite models have it.
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  Emitter& emit = node.emit();
  const float factor = 6 * node.number("alpha", 0.2f);
  const float offset = 6 * node.number("beta", 0.5f);
  ValueId x = node.input(0);
  if (factor != 1) {
    PESTLE_ASSIGN(x, emit.emit("MUL", {x, emit.number(factor)}));
  }
  PESTLE_ASSIGN(x, emit.emit("ADD", {x, emit.number(offset)}));
  PESTLE_ASSIGN(x, emit.emit("RELU6", {x}));
  return one(emit.emit("MUL", {x, emit.number(1.0f / 6.0f)}));
}

}  // namespace

const Mapping& map_hard_sigmoid() {
  static const Mapping mapping = {{"HardSigmoid"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
