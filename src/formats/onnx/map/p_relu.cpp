// PRelu -> PRELU, for images channels last: a slope per channel [C, 1, 1] becomes [1, 1, C]. Before operator set 7 a
// slope [C] is one per channel.
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  Emitter& emit = node.emit();
  ValueId x = node.input(0);
  ValueId slope = node.input(1);
  if (node.is_before(7) && node.rank(1) == 1 && node.shape(1).elements() != 1 && node.rank(0) > 1) {
    Shape column(std::vector<int64_t>(node.rank(0) - 1, 1));
    column[0] = node.shape(1)[0];
    PESTLE_ASSIGN(slope, emit.reshape(slope, column));
  }
  const bool is_image = node.rank(0) == 4 && emit.shape(slope).rank() == 3 && node.is_constant(1);
  if (!is_image) return one(emit.emit("PRELU", {x, slope}));
  PESTLE_ASSIGN(x, emit.to_channels_last(x));
  PESTLE_ASSIGN(slope, emit.transpose(slope, {1, 2, 0}));
  PESTLE_ASSIGN(const ValueId y, emit.emit("PRELU", {x, slope}));
  return one(emit.to_channels_first(y));
}

}  // namespace

const Mapping& map_p_relu() {
  static const Mapping mapping = {{"PRelu"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
