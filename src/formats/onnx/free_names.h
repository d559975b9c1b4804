// What a node reads: its operands, and what the graphs in its attributes read of the graphs around them.
#pragma once

#include <string>
#include <vector>

#include "codec/onnx.h"

namespace pestle::formats::onnx {

// Without "", each name once, in the order of first use.
std::vector<std::string> names_read_by(const codec::OnnxNode& node);

}  // namespace pestle::formats::onnx
