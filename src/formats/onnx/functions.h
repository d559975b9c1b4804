// Functions that a model brings along: nodes that call one are replaced by its body.
#pragma once

#include "codec/onnx.h"

namespace pestle::formats::onnx {

// The function that a node calls, or null.
const codec::OnnxFunction* find_function(const codec::OnnxModel& model, const codec::OnnxNode& call);

// The function's body as a graph of its own: attributes that refer to those of the function have the values that the
// call gives, or the defaults; where there is neither, they are left out.
codec::OnnxGraph body_for(const codec::OnnxFunction& function, const codec::OnnxNode& call);

}  // namespace pestle::formats::onnx
