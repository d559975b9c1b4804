// Values between the elements of an image, at places that are computed while a model runs: what GridSample, RoiAlign
// and DeformConv share. Images are rows of channels; along every axis a place has taps, each an element and its weight.
#pragma once

#include "formats/core/formula.h"

namespace pestle::formats::onnx {

enum class Outside { kZeros, kBorder, kReflection };

struct SampledAxis {
  int64_t extent = 0, stride = 0;  // stride: rows from one element to the next
  Outside outside = Outside::kZeros;
  bool align_corners = false;  // the image ends at the middles of its outer elements, not at their borders
};

struct Tap {
  ir::ValueId row;     // int32: element times stride
  ir::ValueId weight;  // float32; kNoValue: 1
};
using Taps = std::vector<Tap>;

// The element at `place` (float32, a whole number); one outside is another's or weighs nothing.
Tap tap_at(Formula& f, ir::ValueId place, const SampledAxis& axis, ir::ValueId weight);
// The element at a whole place, or the two or four about a place by their linear or cubic weights.
Taps nearest_taps(Formula& f, ir::ValueId place, const SampledAxis& axis);
Taps linear_taps(Formula& f, ir::ValueId place, const SampledAxis& axis);
Taps cubic_taps(Formula& f, ir::ValueId place, const SampledAxis& axis);
// Mirrors places at the ends of the image as often as it takes.
ir::ValueId reflected(Formula& f, ir::ValueId place, const SampledAxis& axis);
ir::ValueId clamped(Formula& f, ir::ValueId value, double low, double high);

struct Sampling {
  ir::ValueId rows;             // [rows, channels]
  ir::ValueId first;            // int32: the first row of each image, as the taps' values broadcast
  std::vector<Taps> axes;       // one or more
  const char* combine = "ADD";  // weighted elements
};
// [..., channels]: for every choice of a tap an axis, the row times the product of weights, all of them combined.
ir::ValueId sample(Formula& f, const Sampling& sampling);

}  // namespace pestle::formats::onnx
