// One sample of an array into a model's input: shape and type are checked, numbers are never changed silently.
#pragma once

#include "base/tensor.h"
#include "data/input.h"

namespace pestle::data {

// Steps that arrays know: reshape, and affine, range, mean and std with one value. Without numeric steps the types
// must be equal, but: any float type becomes any other; floats are quantized for an integer input that has a scale;
// integers change their width where every value fits. A sample may lack the leading extent 1 of the input. A chain for
// pictures only does nothing here.
Result<Tensor> array_to_input(const ConstTensorView& sample, const Chain& chain, const InputSpec& spec);

}  // namespace pestle::data
