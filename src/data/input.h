// What a model's input takes, as its owner describes it to this room, and the last step into it: numbers become
// elements of its type. Nothing here knows graphs.
#pragma once

#include <string>
#include <vector>

#include "base/dtype.h"
#include "base/shape.h"
#include "base/status.h"
#include "base/tensor.h"
#include "data/preprocess.h"

namespace pestle::data {

struct InputSpec {
  std::string name;
  DType dtype = DType::kFloat32;
  Shape shape;                    // unknown extents take what the sample has; the first one, if unknown, is 1
  Layout layout = Layout::kNone;  // of a 4-D picture input
  float scale = 0.0f;             // quantization: real = scale * (element - zero_point); 0: none
  int64_t zero_point = 0;
  // The file was re-laid from NCHW: arrays that fit only in that order are accepted and transposed.
  bool takes_nchw_arrays = false;
  // What is not finite goes into a float input as it is: a single run computes what it is told to. Samples never do.
  bool takes_nonfinite = false;

  bool is_quantized() const { return scale > 0.0f; }
};

// The picture that a 4-D input takes (in its layout); zeros where it takes none or the size is not known.
PictureSize picture_size(const InputSpec& spec);

// "input "x" (float32 1x224x224x3)" for messages.
std::string describe(const InputSpec& spec);

// Elements from real numbers: floats are rounded to the type; integers are
// clamp(round_half_away(value / scale) + zero_point), without quantization clamp(round_half_away(value)).
// A number that is not finite is an error naming the input and the position, unless the input takes it.
Status store_numbers(std::span<const float> numbers, const InputSpec& spec, TensorView out);

// The numbers that the 256 pixel values of one channel become, and their elements.
std::vector<float> pixel_numbers(const Chain& chain, int channel);

}  // namespace pestle::data
