// Discrete Fourier transforms as products with constant matrices of cosines and sines.
#pragma once

#include "formats/core/formula.h"

namespace pestle::formats::onnx {

// Numbers lie side by side: of each element its real part alone (1) or both parts (2).
struct Transform {
  int64_t in = 0, in_parts = 1;    // elements along the axis
  int64_t length = 0;              // of the transform; elements beyond it are left out, missing ones are 0
  int64_t out = 0, out_parts = 2;  // elements of the result
  bool inverse = false;
  bool from_half = false;  // inverse: of the first half of a spectrum, whose other half mirrors it
};
// [in * in_parts, out * out_parts]: what the row of parts is multiplied with. Row n is scaled by window[n]. An inverse
// is still to be divided by the length: sums that cancel do so only with the roots of unity as they are.
Result<ir::ValueId> transform_matrix(Formula& f, const Transform& t, const std::vector<float>& window = {});

}  // namespace pestle::formats::onnx
