// The verb `bench`: how long models take and how much memory they need, run by our own executor.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "flows/model.h"

namespace pestle::flows {

struct BenchOptions {
  std::vector<ModelRequest> models;
  size_t runs = 50;
  size_t warm_up = 5;
  int threads = 0;         // 0: one a physical core
  uint64_t seed = 0;       // of the input's contents
  bool per_op = false;     // profile each node
  bool reference = false;  // every node by its operator's reference, no fast kernel
  std::string trace;       // --trace FILE: one run of each model for Chrome's trace viewer; empty: none
};

// One node of a model: the median over the profiled runs.
struct NodeTiming {
  std::string name;  // of the source node
  std::string op;
  std::string kernel;
  double ms = 0;
  int64_t macs = 0;  // multiply-accumulates; 0: none worth counting
  double gmacs_per_second() const { return ms > 0 ? static_cast<double>(macs) / ms * 1e-6 : 0; }
};

struct ModelTiming {
  std::string file;
  double median_ms = 0, min_ms = 0, p90_ms = 0;
  double load_ms = 0;      // from opening the file to being ready to run: reading, passes, packing of weights
  size_t arena_bytes = 0;  // intermediate tensors
  size_t scratch_bytes = 0;
  int64_t macs = 0;
  std::vector<NodeTiming> nodes;  // with per_op
  std::vector<std::string> notes;
};

struct BenchResult {
  int threads = 0;
  size_t runs = 0;
  std::vector<ModelTiming> models;
  std::string trace;
};

Result<BenchResult> bench(const BenchOptions& options, ProgressSink& progress);

}  // namespace pestle::flows
