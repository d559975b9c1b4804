// Changes the structs of an ONNX model behind the door: operators, attributes, edges, shapes, types, constants, opset.
#pragma once

#include "codec/onnx.h"
#include "tests/fuzz/dice.h"

namespace pestle::fuzz {

void mutate(codec::OnnxModel& model, Dice& dice);

}  // namespace pestle::fuzz
