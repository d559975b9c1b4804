// Runs a float model over samples and takes statistics of every float activation.
#pragma once

#include "base/parallel.h"
#include "base/progress.h"
#include "base/samples.h"
#include "ir/graph.h"
#include "quant/statistics.h"

namespace pestle::quant {

// Elementwise means of the inputs (kActivation operands) of some linear layers, which refinement needs.
struct AverageRequest {
  std::vector<size_t> nodes;  // positions of graph 0
  size_t samples = 0;         // only so many, evenly spread, enter the means; 0: none
  friend bool operator==(const AverageRequest&, const AverageRequest&) = default;
};

struct CalibrationOptions {
  ObserverSpec observer;
  std::vector<AverageRequest> averages;
};

// One mean a node of a request.
using Averages = std::vector<std::vector<float>>;

struct Calibration {
  Statistics statistics;
  std::vector<Averages> averages;  // as requested
};

// Samples run side by side on the pool's threads, but what they say is taken in the order of samples, so the result
// does not depend on the number of threads.
Result<Calibration> calibrate(const ir::Module& module, const SampleSet& samples, const CalibrationOptions& options,
                              ThreadPool& pool, ProgressSink& progress);

}  // namespace pestle::quant
