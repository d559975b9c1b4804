// The verb `quantize`: a float model in, a quantized .tflite out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "flows/quantizing.h"
#include "flows/roles.h"

namespace pestle::flows {

struct QuantizeOptions {
  ModelRequest model;
  std::string output;
  std::string mode;
  SampleRequest data;
  std::string validation;  // --validation PATH: samples that judge; empty: some of `data` are held back
  size_t samples = 200;
  quant::ObserverSpec observer;
  quant::ChoiceOptions choice;
  bool refine = true;       // --refine auto | bias; none switches it off
  std::string plan;         // --plan FILE.json
  std::string save_plan;    // --save-plan FILE.json
  std::string class_names;  // --class-names FILE: one name a line; empty: those that the model has
  int threads = 0;          // 0: one a physical core
};

struct QuantizeResult {
  std::string output;
  std::string mode;
  size_t source_bytes = 0;
  size_t bytes = 0;
  double seconds = 0;
  OperatorCounts operators;
  std::vector<quant::FloatNode> float_nodes;
  size_t calibration_samples = 0;
  std::optional<RefinementReport> refinement;
  std::optional<Judgement> judgement;  // where there are samples to judge on
  std::string judged_on;               // "samples held back from calibration"
  std::vector<std::string> warnings;   // docs/warnings.md
  std::vector<std::string> notes;
};

Result<QuantizeResult> quantize(const QuantizeOptions& options, ProgressSink& progress);

}  // namespace pestle::flows
