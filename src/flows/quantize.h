// The verb `quantize`: a float model in, a quantized .tflite out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "flows/quantize_options.h"
#include "flows/quantizing.h"

namespace pestle::flows {

struct QuantizeResult {
  std::string output;
  std::string mode;
  size_t source_bytes = 0;
  size_t bytes = 0;
  double seconds = 0;
  OperatorCounts operators;
  std::vector<FloatNode> float_nodes;
  size_t calibration_samples = 0;
  std::optional<RefinementReport> refinement;
  std::optional<Judgement> judgement;  // where there are samples to judge on
  std::string judged_on;               // "samples held back from calibration"
  std::vector<std::string> warnings;   // docs/warnings.md
  std::vector<std::string> notes;
};

Result<QuantizeResult> quantize(const QuantizeOptions& options, ProgressSink& progress);

}  // namespace pestle::flows
