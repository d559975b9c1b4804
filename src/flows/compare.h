// The verb `compare`: two models layer by layer on the same samples: where they part, why, and what would mend it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "flows/layers.h"
#include "flows/model.h"
#include "flows/samples.h"

namespace pestle::flows {

struct CompareOptions {
  ModelRequest a;  // the original
  std::string b;   // path of the other; read as `a` is
  SampleRequest data;
  size_t samples = 50;  // evenly spread; 0: all
  int threads = 0;
};

struct OutputSimilarity {
  std::string name;
  double sqnr_db = 0, centred_sqnr_db = 0, cosine = 0;
  std::optional<double> agreement;  // where the output holds class scores
};

struct CompareResult {
  std::string a, b;
  size_t samples = 0;
  std::vector<LayerComparison> layers;  // in b's order
  size_t unmatched = 0;                 // layers of b without a counterpart
  std::vector<OutputSimilarity> outputs;
  std::optional<size_t> first_part;  // the first layer below kPartsBelow
  std::optional<Blame> blame;
  std::vector<std::string> warnings;
  std::vector<std::string> notes;
  double seconds = 0;
};

Result<CompareResult> compare(const CompareOptions& options, ProgressSink& progress);

}  // namespace pestle::flows
