// EyeLike -> a constant of ones on a diagonal.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  const Shape& shape = node.shape(0);
  if (shape.rank() != 2 || !shape.is_static()) return unsupported("its input is no matrix of known size");
  DType dtype = node.dtype(0);
  if (node.has_attribute("dtype")) {
    const auto wanted = dtype_of(static_cast<codec::OnnxType>(node.integer("dtype", 0)));
    if (!wanted) return unsupported("a type that no .tflite file has");
    dtype = *wanted;
  }
  PESTLE_TRY(check_affordable(shape.elements()));
  std::vector<float> values(static_cast<size_t>(shape.elements()), 0.0f);
  for (int64_t row = 0; row < shape[0]; ++row) {
    const int64_t column = row + node.integer("k", 0);
    if (column >= 0 && column < shape[1]) values[static_cast<size_t>(row * shape[1] + column)] = 1;
  }
  const ValueId constant = f.cast(node.emit().floats(shape, values), dtype);
  const bool adds = dtype == DType::kFloat32 || dtype == DType::kInt32 || dtype == DType::kInt64;
  if (!node.is_constant(0) && adds && !f.failed()) {
    node.frame().set_computation(constant, [&emit = node.emit(), constant, dtype, x = node.input(0)] {
      Formula g(emit);
      return g.single(g.add(g.op("FILL", {g.computed_shape(x, DType::kInt32), g.number(0.0, dtype)}), constant));
    });
  }
  return f.result(constant);
}

}  // namespace

const Mapping& map_eye_like() {
  static const Mapping mapping = {{"EyeLike"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
