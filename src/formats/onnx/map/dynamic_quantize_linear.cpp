// DynamicQuantizeLinear -> its definition: the range of x with zero in it, in 255 steps; codes as plain uint8.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  std::vector<int64_t> axes;
  for (int i = 0; i < node.rank(0); ++i) axes.push_back(i);
  const ValueId x = node.input(0), zero = f.number(0), last = f.number(255);
  const ValueId low = f.op("MINIMUM", {f.reduce("REDUCE_MIN", x, axes, false), zero});
  const ValueId high = f.op("MAXIMUM", {f.reduce("REDUCE_MAX", x, axes, false), zero});
  const ValueId scale = f.div(f.sub(high, low), last);
  const auto code = [&](ValueId value) { return f.op("MINIMUM", {f.op("MAXIMUM", {value, zero}), last}); };
  const ValueId zero_point = f.op("ROUND", {code(f.div(f.sub(zero, low), scale))});
  const ValueId codes = code(f.add(f.op("ROUND", {f.div(x, scale)}), zero_point));
  return f.result({f.cast(codes, DType::kUInt8), scale, f.cast(zero_point, DType::kUInt8)});
}

}  // namespace

const Mapping& map_dynamic_quantize_linear() {
  static const Mapping mapping = {{"DynamicQuantizeLinear"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
