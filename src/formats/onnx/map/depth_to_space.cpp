// DepthToSpace, SpaceToDepth -> the same in TFLite, channels last. Mode CRD orders the channels otherwise (c, i, j
// instead of i, j, c): a GATHER puts them in place before (or after).
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

// Where DCR has channel (i, j, c), CRD has (c, i, j).
Result<ValueId> reorder(Emitter& emit, ValueId x, int64_t block, bool to_dcr) {
  const int64_t channels = emit.shape(x)[3];
  const int64_t cells = block * block;
  std::vector<int64_t> order(channels);
  for (int64_t k = 0; k < channels; ++k) {
    const int64_t cell = k / (channels / cells);
    const int64_t c = k % (channels / cells);
    if (to_dcr) {
      order[k] = c * cells + cell;
    } else {
      order[c * cells + cell] = k;
    }
  }
  return emit.emit("GATHER", {x, emit.ints(order)}, {{"axis", 3}});
}

Result<ValueIds> map(NodeContext& node) {
  const bool is_depth_to_space = node.op_type() == "DepthToSpace";
  const int64_t block = node.integer("blocksize", 0);
  const bool is_crd = node.text("mode", "DCR") == "CRD";
  if (node.rank(0) != 4 || block < 1 || block > 1024)
    return fail(ErrorCode::kInvalidModel, "its input or block size is wrong");
  if (is_depth_to_space && node.shape(0)[1] % (block * block) != 0)
    return fail(ErrorCode::kInvalidModel, "its channels are no multiple of its block");
  Emitter& emit = node.emit();
  PESTLE_ASSIGN(ValueId x, emit.to_channels_last(node.input(0)));
  if (is_crd && is_depth_to_space) {
    PESTLE_ASSIGN(x, reorder(emit, x, block, true));
  }
  PESTLE_ASSIGN(x, emit.emit(is_depth_to_space ? "DEPTH_TO_SPACE" : "SPACE_TO_DEPTH", {x}, {{"block_size", block}}));
  if (is_crd && !is_depth_to_space) {
    PESTLE_ASSIGN(x, reorder(emit, x, block, false));
  }
  return one(emit.to_channels_first(x));
}

}  // namespace

const Mapping& map_depth_to_space() {
  static const Mapping mapping = {{"DepthToSpace", "SpaceToDepth"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
