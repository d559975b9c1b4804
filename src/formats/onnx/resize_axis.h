// Resizing along one axis, as the standard defines it for every mode: which cells a result reads and with what weights.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pestle::formats::onnx {

struct AxisResize {
  int axis = 0;
  int64_t in = 0, out = 0;
  double scale = 1;           // as given, or out / in
  double start = 0, end = 1;  // of the crop (tf_crop_and_resize), as shares of the axis
};

struct ResizeModes {
  std::string mode;         // nearest, linear, cubic
  std::string coordinates;  // coordinate_transformation_mode
  std::string rounding;     // nearest_mode
  double cubic_a = -0.75;   // cubic_coeff_a
  bool antialias = false;
  bool exclude_outside = false;
};

// The cell that each result takes (mode nearest); -1 where it lies outside a crop.
std::vector<int32_t> nearest_cells(const AxisResize& axis, const ResizeModes& modes);

// Rows of `in` weights, one a result (modes linear and cubic).
struct ResizeWeights {
  std::vector<float> rows;    // [out][in]
  std::vector<bool> outside;  // of a crop: the row is zeros
};
ResizeWeights interpolation_weights(const AxisResize& axis, const ResizeModes& modes);

}  // namespace pestle::formats::onnx
