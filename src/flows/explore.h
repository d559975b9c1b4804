// The verb `explore`: every mode of one model at once, on one walk over the calibration samples and one over the
// scoring samples.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "flows/latency.h"
#include "flows/quantizing.h"
#include "flows/roles.h"

namespace pestle::flows {

struct ExploreOptions {
  ModelRequest model;
  RoleRequest samples;
  std::string folder;  // where the .tflite files go; made if it is not there
  quant::ObserverSpec observer;
  bool refine = true;
  size_t runs = 20;  // timed runs of each mode
  int threads = 0;   // of calibrating and scoring; latency is that of one thread
};

struct ExploreRow {
  std::string mode;
  bool per_tensor = false;  // one scale a weight tensor, for comparison
  std::string failure;      // why there is no such file; the rest is empty then
  std::string hint;
  std::string file;
  size_t bytes = 0;
  double times_smaller = 0;                 // than the float32 file
  std::optional<double> top1;               // where there are labels
  std::optional<double> agreement;          // share of samples with the float model's largest score; needs class scores
  double sqnr_db = 0, centred_sqnr_db = 0;  // of the outputs
  double logits_sqnr_db = 0, logits_centred_sqnr_db = 0;  // before a final softmax, or of the outputs without one
  Latency latency;
  OperatorCounts operators;
  std::optional<RefinementReport> refinement;
  std::string dominated_by;   // a row that is no larger, slower or less accurate, and better somewhere; empty: none
  std::string dominated_why;  // "dynamic is 2.0 times smaller and 1.5 times faster"
  bool recommended = false;

  std::string name() const { return per_tensor ? mode + " per tensor" : mode; }
  bool works() const { return failure.empty(); }
};

struct ExploreResult {
  size_t source_bytes = 0;
  size_t calibration_samples = 0;
  size_t scoring_samples = 0;
  std::string scored_on;
  std::optional<double> float_top1;
  bool before_softmax = false;  // where the SQNR was taken
  size_t runs = 0;
  std::vector<ExploreRow> rows;
  std::string recommendation;  // one sentence with its reason
  std::vector<std::string> notes;
  double seconds = 0;
};

Result<ExploreResult> explore(const ExploreOptions& options, ProgressSink& progress);

}  // namespace pestle::flows
