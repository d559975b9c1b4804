// What a caller may say about a model that is read. Formats ignore what they have no notion of.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/shape.h"

namespace pestle::formats {

struct ImportOptions {
  struct InputShape {
    std::string name;
    Shape shape;  // kUnknown in the first axis: a free batch
  };
  std::vector<InputShape> input_shapes;  // --input NAME:SHAPE
  std::optional<int64_t> batch;          // --batch N; nothing: 1
  // Cut points (--inputs, --outputs): names of tensors or nodes, with or without ":0". None: as the file says.
  std::vector<std::string> inputs, outputs;
  // Inputs and outputs that are float16 in the source stay so, with a CAST on either side; else they are float32.
  bool keep_float16 = false;
  // Loops and recurrent layers whose length is known: as a WHILE, or turn after turn (--recurrent).
  enum class Recurrent { kAuto, kWhile, kUnroll };
  Recurrent recurrent = Recurrent::kAuto;  // kAuto: turn after turn where that is hardly more operators
};

}  // namespace pestle::formats
