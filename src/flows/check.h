// Does what was written compute what was read? Runs both graphs on random inputs, or the written one on inputs whose
// outputs are known, and measures the largest difference.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "flows/model.h"

namespace pestle::flows {

struct CheckOptions {
  std::string golden;  // .npz with inputs and expected outputs; empty: random inputs
  size_t samples = 4;  // of random inputs
  uint64_t seed = 0;
  std::optional<double> tolerance;  // if absent, the one below that fits
};

// Floats compute what floats computed.
inline constexpr double kFloatTolerance = 1e-4;
// A source that was quantized is simulated in floats; kernels round to the nearest code after every layer, now and then
// to the next one.
inline constexpr double kIntegerTolerance = 0.05;

struct OutputDifference {
  std::string name;
  double difference = 0;  // largest over the samples of max|a-b| / max(1, max|b|); integers by their codes
  bool compared = true;   // false: the file of expected outputs does not have it
};

struct CheckResult {
  std::string against;  // "the graph as imported", or the file
  size_t samples = 0;
  double tolerance = 0;
  double difference = 0;  // the largest of all outputs
  bool passed = false;
  std::vector<OutputDifference> outputs;
};

// `source` as imported; `written` as read back; `re_laid`: which inputs are NCHW in the one and NHWC in the other.
struct CheckedPair {
  const ir::Module& source;
  const ir::Module& written;
  std::vector<bool> re_laid;
};
Result<CheckResult> check(const CheckedPair& pair, const CheckOptions& options, int threads, ProgressSink& progress);

}  // namespace pestle::flows
