// Runs a float model over samples and takes statistics of every float activation.
#pragma once

#include "base/parallel.h"
#include "base/progress.h"
#include "base/samples.h"
#include "ir/graph.h"
#include "quant/statistics.h"

namespace pestle::quant {

struct CalibrationOptions {
  ObserverSpec observer;
  // Values that are averaged over the samples, elementwise (refinement needs inputs of layers), and the nodes before which
  // that is done; positions in graph 0.
  struct Average {
    size_t node;
    ir::ValueId value;
  };
  std::vector<Average> averaged;
  // Only so many samples, evenly spread, enter the averages; 0: none.
  size_t averaged_samples = 0;
};

struct Calibration {
  Statistics statistics;
  std::vector<std::vector<float>> averages;  // as options.averaged
};

// Samples run side by side on the pool's threads, but what they say is taken in the order of samples, so the result
// does not depend on the number of threads.
Result<Calibration> calibrate(const ir::Module& module, const SampleSet& samples, const CalibrationOptions& options,
                              ThreadPool& pool, ProgressSink& progress);

}  // namespace pestle::quant
