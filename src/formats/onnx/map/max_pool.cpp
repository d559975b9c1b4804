// MaxPool -> [PAD or PADV2] MAX_POOL_2D, channels last. Padding never wins a maximum.
#include "formats/onnx/window.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  if (node.wants_output(1)) return unsupported("its indices are used");
  Emitter& emit = node.emit();
  PESTLE_ASSIGN(const ValueId image, with_two_spatial_axes(emit, node.input(0)));
  PESTLE_ASSIGN(const SpatialWindow window, read_pool_window(node, emit.shape(image)));
  PESTLE_ASSIGN(ValueId x, emit.to_channels_last(image));
  const char* padding = padding_name(window.padded[0], window.padded[1]);
  if (*padding == '\0') {
    PESTLE_ASSIGN(x, pad_spatial_lowest(emit, x, window.padded[0], window.padded[1]));
    padding = "VALID";
  }
  PESTLE_ASSIGN(const ValueId y, emit.emit("MAX_POOL_2D", {x}, pool_options(window, padding)));
  PESTLE_ASSIGN(const ValueId result, emit.to_channels_first(y));
  return one(with_spatial_axes(emit, result, node.rank(0) - 2));
}

}  // namespace

const Mapping& map_max_pool() {
  static const Mapping mapping = {{"MaxPool"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
