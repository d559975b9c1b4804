// How quantized models do beside their float original, on samples that set none of their numbers.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "base/progress.h"
#include "flows/samples.h"
#include "ir/graph.h"

namespace pestle::flows {

// Counted on some samples; with 95 % certainty the true share lies within the margin (eval/interval.h).
struct Share {
  double value = 0;
  double margin = 0;
};

struct Judgement {
  size_t samples = 0;
  std::optional<Share> agreement;  // of samples with the same largest score; nothing without class scores
  double sqnr_db = 0;              // over all outputs
  double centred_sqnr_db = 0;      // the same without each sample's mean
  double decisive_db = 0;          // the centred one, or of a single number, which has no mean to take off, plain
  std::string worst_output;        // the one with the least SQNR of its own
  double worst_sqnr_db = 0;        // of that one
  size_t labelled = 0;             // samples that have a label
  std::optional<Share> float_top1, top1;  // of those; nothing without labels
};

// What the float model's first output did on the samples.
struct FloatBehaviour {
  size_t samples = 0;
  size_t classes = 0;    // values of the output if it is one row of scores, else 0
  size_t answers = 0;    // different places of the largest score
  size_t labels = 0;     // different labels
  double variation = 0;  // largest change from the first sample to another, as a share of the largest magnitude
  std::optional<Share> top1;
};

struct Judgements {
  FloatBehaviour original;
  std::vector<Judgement> others;
};

// One judgement for each of `others`, whose inputs and outputs are those of `original`.
Result<Judgements> judge(const ir::Module& original, std::span<const ir::Module* const> others, const Samples& samples,
                         ThreadPool& pool, ProgressSink& progress);

}  // namespace pestle::flows
