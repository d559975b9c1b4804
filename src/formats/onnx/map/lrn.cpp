// LRN -> LOCAL_RESPONSE_NORMALIZATION, which works along the last axis and does not divide alpha by the size.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  const int64_t size = node.integer("size", 1);
  if (node.rank(0) != 4) return unsupported("only pictures of rank 4 are supported");
  if (size < 1 || size % 2 == 0) return unsupported("TFLite has windows of an odd size only");
  PESTLE_ASSIGN(const ValueId x, node.emit().to_channels_last(node.input(0)));
  const auto real = [](float value) { return static_cast<double>(value); };
  PESTLE_ASSIGN(const ValueId y,
                node.emit().emit("LOCAL_RESPONSE_NORMALIZATION", {x},
                                 {{"radius", size / 2},
                                  {"bias", real(node.number("bias", 1))},
                                  {"alpha", real(node.number("alpha", 0.0001f) / static_cast<float>(size))},
                                  {"beta", real(node.number("beta", 0.75f))}}));
  return one(node.emit().to_channels_first(y));
}

}  // namespace

const Mapping& map_lrn() {
  static const Mapping mapping = {{"LRN"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
