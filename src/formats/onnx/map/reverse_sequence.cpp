// ReverseSequence -> REVERSE_SEQUENCE.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  return one(
      node.emit().emit("REVERSE_SEQUENCE", {node.input(0), node.input(1)},
                       {{"seq_dim", node.integer("time_axis", 0)}, {"batch_dim", node.integer("batch_axis", 1)}}));
}

}  // namespace

const Mapping& map_reverse_sequence() {
  static const Mapping mapping = {{"ReverseSequence"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
