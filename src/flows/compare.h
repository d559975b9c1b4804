// The verb `compare`: two models layer by layer on the same samples: where they part, why, and what would mend it.
#pragma once

#include <optional>
#include <string>
#include <vector>

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

// A value of b against its counterpart in a.
struct LayerComparison {
  std::string name;
  std::string op;  // of b
  double sqnr_db = 0;
  double cosine = 0;
  double saturation = 0;  // share of b's codes at an end of their range whose original lies beyond it
  // By how much it falls below the worst of what it reads. What reads better than kGood counts as kGood, else the first
  // layer, whose input is exact, would always lose most.
  double lost_db = 0;
};

struct OutputSimilarity {
  std::string name;
  double sqnr_db = 0, centred_sqnr_db = 0, cosine = 0, agreement = 0;
};

// The layer below kBlamedBelow that loses most.
struct Blame {
  size_t layer = 0;  // in `layers`
  std::string why;   // one clause: "14.2 % of its values lie beyond the range it was calibrated for"
  std::string mend;  // what to do
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

// SQNR in dB. Eight bits well used give 30 and more; below 20 two layers no longer compute the same.
inline constexpr double kGood = 40.0, kBlamedBelow = 30.0, kPartsBelow = 20.0;

Result<CompareResult> compare(const CompareOptions& options, ProgressSink& progress);

}  // namespace pestle::flows
