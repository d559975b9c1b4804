// The structs of codec/onnx.h back to protobuf: for seeds and for the mutator. External data and sparse initializers
// are left out.
#pragma once

#include <string>

#include "codec/onnx.h"

namespace pestle::fuzz {

std::string write_onnx(const codec::OnnxModel& model);

}  // namespace pestle::fuzz
