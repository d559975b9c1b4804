#include "formats/onnx/transposed.h"

#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {

ValueId spread_taps(Formula& f, ValueId weights, const std::vector<int64_t>& dilations) {
  for (size_t i = 0; i < dilations.size(); ++i) {
    const int64_t dilation = dilations[i];
    if (dilation == 1 || f.failed()) continue;
    Shape shape = f.shape(weights);
    const int axis = 2 + static_cast<int>(i);
    const int64_t taps = shape[axis];
    int64_t outer = 1, inner = 1;
    for (int a = 0; a < shape.rank(); ++a) (a < axis ? outer : inner) *= a == axis ? 1 : shape[a];
    if (const Status status = check_affordable(outer * taps); !status) return f.fail_with(status.error());
    if (const Status status = check_affordable(outer * taps * dilation); !status) return f.fail_with(status.error());
    const std::vector<int32_t> pairs = {0, 0, 0, 0, 0, static_cast<int32_t>(dilation - 1), 0, 0};
    const ValueId paddings = f.emit().constant({DType::kInt32, {4, 2}, std::as_bytes(std::span(pairs))});
    const ValueId wide = f.op("PAD", {f.reshape(weights, {outer, taps, 1, inner}), paddings});
    shape[axis] = (taps - 1) * dilation + 1;
    weights = f.reshape(f.slice(f.reshape(wide, {outer, taps * dilation, inner}), 1, 0, shape[axis]), shape);
  }
  return weights;
}

ValueId transposed_convolution(Formula& f, const TransposedConvolution& c) {
  std::vector<int64_t> shape = {f.shape(c.x)[0]};
  shape.insert(shape.end(), c.full.begin(), c.full.end());
  shape.push_back(f.shape(c.weights)[1]);
  const ValueId extents = f.ints(shape);
  if (c.full.size() == 3) {
    std::vector<Property> options = {
        {"padding", "VALID"}, {"stride_d", c.strides[0]}, {"stride_h", c.strides[1]}, {"stride_w", c.strides[2]}};
    const ValueId filter = f.transpose(c.weights, {2, 3, 4, 1, 0});
    return f.op("CONV_3D_TRANSPOSE", {extents, filter, c.x, c.bias}, std::move(options));
  }
  std::vector<Property> options = {{"padding", "VALID"}, {"stride_h", c.strides[0]}, {"stride_w", c.strides[1]}};
  return f.op("TRANSPOSE_CONV", {extents, f.transpose(c.weights, {1, 2, 3, 0}), c.x, c.bias}, std::move(options));
}

}  // namespace pestle::formats::onnx
