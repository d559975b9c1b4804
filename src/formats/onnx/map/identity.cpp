// Identity, and Dropout as it is at inference -> nothing. Its mask is all true. What it does while a model is trained
// is random, and no two programs draw alike: that is refused.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

// Training drops elements unless the ratio (operand 1 from operator set 12 on) is 0.
Status check_inference(NodeContext& node) {
  bool trains = node.is_before(7) && node.integer("is_test", 0) == 0;
  if (node.opset() >= 12 && node.has(2)) {
    PESTLE_ASSIGN(const auto flag, node.ints(2, "training mode"));
    trains = flag.size() == 1 && flag[0] != 0;
  }
  float ratio = node.number("ratio", 0.5f);
  if (trains && node.opset() >= 12 && node.has(1)) {
    PESTLE_ASSIGN(const auto given, node.floats(1, "ratio"));
    if (given.size() == 1) ratio = given[0];
  }
  if (!trains || ratio == 0) return {};
  return unsupported("drops elements at random, as while training");
}

Result<ValueIds> map(NodeContext& node) {
  if (node.op_type() == "Dropout") PESTLE_TRY(check_inference(node));
  if (!node.wants_output(1)) return ValueIds{node.input(0)};
  const Shape& shape = node.shape(0);
  if (!shape.is_static()) return unsupported("its mask has a size that is known only while the model runs");
  PESTLE_TRY(check_affordable(shape.elements()));
  const std::vector<std::byte> kept(static_cast<size_t>(shape.elements()), std::byte{1});
  const ValueId mask = node.emit().constant({DType::kBool, shape, kept});
  if (!node.is_constant(0)) {
    node.frame().set_computation(mask, [&emit = node.emit(), x = node.input(0)] {
      Formula f(emit);
      const std::byte yes{1};
      const ValueId element = emit.constant({DType::kBool, Shape{}, std::span(&yes, 1)});
      return f.single(f.op("FILL", {f.computed_shape(x, DType::kInt32), element}));
    });
  }
  return ValueIds{node.input(0), mask};
}

}  // namespace

const Mapping& map_identity() {
  static const Mapping mapping = {{"Identity", "Dropout"}, 1, map, true};
  return mapping;
}

}  // namespace pestle::formats::onnx
