// Transposed convolutions as TFLite has them: channels last, with padding VALID, not dilated, of one group.
#pragma once

#include "formats/core/formula.h"

namespace pestle::formats::onnx {

struct TransposedConvolution {
  ir::ValueId x;        // channels last, two or three spatial axes
  ir::ValueId weights;  // [I, O, ...]
  ir::ValueId bias;     // [O], or kNoValue
  std::vector<int64_t> strides;
  std::vector<int64_t> full;  // spatial extents of the result: at least (in - 1) * stride + kernel
};
ir::ValueId transposed_convolution(Formula& f, const TransposedConvolution& convolution);

// Zeros between the taps of weights [I, O, ...], as dilations ask for them.
ir::ValueId spread_taps(Formula& f, ir::ValueId weights, const std::vector<int64_t>& dilations);

}  // namespace pestle::formats::onnx
