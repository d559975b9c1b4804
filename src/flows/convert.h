// The verb `convert`: the same numbers in a .tflite file. Float stays float, integers stay integers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "flows/check.h"
#include "flows/model.h"

namespace pestle::flows {

struct ConvertOptions {
  ModelRequest model;
  std::string output;
  std::optional<CheckOptions> check;
  int threads = 0;
};

// How often an operator occurs as imported and as written.
struct OperatorChange {
  std::string name;
  size_t before = 0, after = 0;
};

struct RemainingTranspose {
  std::string node;  // first source node
  std::string reason;
};

struct ConvertResult {
  std::string output;  // empty: the check failed, so nothing was written
  std::string format;
  size_t source_bytes = 0, bytes = 0;
  double seconds = 0;  // without the check
  OperatorCounts before, operators;
  std::vector<OperatorChange> changes;  // in the order of names
  std::vector<RemainingTranspose> transposes;
  std::vector<std::string> re_laid;  // inputs that changed from NCHW to NHWC
  bool keeps_integers = false;       // the source was quantized, and what is written has its scales
  size_t float16_folded = 0;         // float16 constants that became float32
  std::optional<CheckResult> check;
  std::vector<std::string> notes;
};

Result<ConvertResult> convert(const ConvertOptions& options, ProgressSink& progress);

}  // namespace pestle::flows
