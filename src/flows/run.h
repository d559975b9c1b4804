// The verb `run`: one inference.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "flows/model.h"

namespace pestle::flows {

struct RunOptions {
  ModelRequest model;
  // Name of an input, file (.npy, .npz[:ARRAY], picture, sound). An empty name is an error that lists the names.
  std::vector<std::pair<std::string, std::string>> inputs;
  std::string preprocess;
  std::string output;       // .npz that takes every output; empty: none
  bool dequantize = false;  // adds <name>_float32 for quantized outputs
  int threads = 0;
};

struct RankedValue {
  int64_t index = 0;  // in the flattened output
  double value = 0;
  std::string class_name = {};  // where the file names the first output's classes
};

// What stands in an output, as real numbers (integers dequantized where they have a scale).
struct OutputSummary {
  std::string name, dtype;
  Shape shape;
  double least = 0, most = 0, mean = 0;
  size_t not_finite = 0;         // NaNs and infinities, which the numbers above leave out
  std::vector<RankedValue> top;  // the largest, at most five
};

struct RunResult {
  std::vector<OutputSummary> outputs;
  std::string output;  // the file written
  double seconds = 0;  // of the inference alone
  std::vector<std::string> notes;
};

Result<RunResult> run(const RunOptions& options, ProgressSink& progress);

}  // namespace pestle::flows
