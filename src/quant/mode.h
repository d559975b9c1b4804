// The quantization modes that users name. A mode is data: what is stored how, and what the model's inputs and outputs
// become. Limits of single operators stand in the operators' own rules.
#pragma once

#include <span>
#include <string_view>

#include "base/dtype.h"

namespace pestle::quant {

enum class Scheme : uint8_t {
  kFloat,       // float32 throughout
  kHalf,        // constants float16, dequantized when loaded
  kDynamic,     // int8 weights, activations quantized inside the kernels
  kWeightOnly,  // int8 weights, dequantized before use
  kInteger,     // integers throughout, float where no integer kernel exists
};

struct Mode {
  const char* name;
  Scheme scheme;
  DType activations;  // kInteger: int8 or int16
  bool full;          // every operator must be integer
  DType io;           // of inputs and outputs unless --io says otherwise
  const char* weights_text;
  const char* activations_text;

  bool needs_data() const { return scheme == Scheme::kInteger; }
  // Rounds weights, so that data, where there is any, can correct biases.
  bool uses_data() const { return needs_data() || scheme == Scheme::kDynamic || scheme == Scheme::kWeightOnly; }
};

std::span<const Mode> modes();
const Mode* find_mode(std::string_view name);
// The types that --io may name for a mode.
std::span<const DType> io_types(const Mode& mode);

}  // namespace pestle::quant
