// Changes the structs of a .tflite file behind the door: indices, shapes, types, options, quantization, sparsity,
// names.
#pragma once

#include "codec/tflite.h"
#include "tests/fuzz/dice.h"

namespace pestle::fuzz {

void mutate(codec::TfliteFile& file, Dice& dice);

}  // namespace pestle::fuzz
