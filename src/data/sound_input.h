// A sound through a chain into a model's input: rate=HZ resamples, mono averages the channels, window=N takes the
// first N frames (zeros behind the end), affine scales the samples, which lie in -1..1.
#pragma once

#include "codec/wav.h"
#include "data/input.h"

namespace pestle::data {

Result<Tensor> sound_to_input(codec::Wav wav, const Chain& chain, const InputSpec& spec);

}  // namespace pestle::data
