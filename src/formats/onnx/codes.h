// Integers that stand for reals, as ONNX has them: scales and zero points are operands of the nodes around them. Here
// they become types of values, or, for constants, float32 constants that remember their grid.
#pragma once

#include <vector>

#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {

struct CodeParameters {
  DType dtype = DType::kUInt8;
  std::vector<float> scale;         // one, or one for each slice along `axis`
  std::vector<int64_t> zero_point;  // as many
  int axis = 0;
};

// From constant operands `scale` and `zero_point` (may be left out: 0). `dtype` is the codes' type.
Result<CodeParameters> read_parameters(NodeContext& node, int scale, int zero_point, DType dtype);
// True if TFLite computes with such codes: int8 and uint8, int16 without a zero point.
bool has_kernels(const CodeParameters& parameters);
// float32 -> codes: QUANTIZE.
Result<ValueId> quantize(Emitter& emit, ValueId x, const CodeParameters& parameters);
// codes -> float32: DEQUANTIZE; of constants: a constant with a grid, if they are of one byte.
Result<ValueId> dequantize(Emitter& emit, ValueId codes, const CodeParameters& parameters);

}  // namespace pestle::formats::onnx
