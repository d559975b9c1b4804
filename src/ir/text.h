// The text form of a Module: everything that it holds, so that parse(print(m)) is m again. For reading, comparing and
// test cases. One statement a line (white space and line ends mean the same); '#' begins a comment.
//
//   pestle-module 1
//   description "made by hand"
//   metadata "min_runtime_version" base64 "MS41LjA="
//   graph "main" {
//     inputs (%0)
//     outputs (%3)
//     %0 "x" float32[?,4]                          # '?': an extent that is not known
//     %1 "w" int8[2,4] quantization {scale [0.5, 0.25] zero_point [0, 0]} = [1, 2, 3, 4, 5, 6, 7, 8]
//     %2 "b" float32[2] = base64 "AAAAAAAAgD8="
//     %3 "y" float32[?,2] signature [-1, 2]
//     %3 = FULLY_CONNECTED(%0, %1, %2) {fused_activation_function = "RELU"} version 1 sources ["dense"]
//   }
//   signature "serving_default" graph 0 inputs {"x" = %0} outputs {"y" = %3}
//
// A node without outputs is written `() = OP(...)`; an operand that is absent is `none`.
// Constants of at most 16 elements are written as numbers (the shortest decimals that read back exactly), larger ones
// as the base64 of their bytes; a constant that shares its buffer with an earlier value says so: `= shared 0 1` (graph,
// value). Properties keep their kind: true, 3, 0.5, "SAME", ints [..], floats [..], strings [..], bytes "..".
// Only the bits of NaNs in scales and properties are not kept.
#pragma once

#include <string>
#include <string_view>

#include "ir/graph.h"

namespace pestle::ir {

std::string print(const Module& module);
// Errors name line and column. Indices of values are checked; whether the module makes sense is not (verifier.h).
// Memory is bounded by a small multiple of the text.
Result<Module> parse(std::string_view text);

}  // namespace pestle::ir
