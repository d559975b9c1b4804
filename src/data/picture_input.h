// A decoded picture through a chain into a model's input.
#pragma once

#include "codec/image.h"
#include "data/input.h"

namespace pestle::data {

// The steps on 8-bit pixels: geometry and channels. Errors: a crop larger than the picture, a step for arrays or sound.
Result<codec::Image> apply_geometry(codec::Image image, const Chain& chain);

// The tensor (batch 1) for the input; an error where the picture that comes out does not have the input's size.
Result<Tensor> picture_to_input(codec::Image image, const Chain& chain, const InputSpec& spec);

}  // namespace pestle::data
