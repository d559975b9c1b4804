// How quantized models do beside their float original, on samples that set none of their numbers.
#pragma once

#include <optional>
#include <span>
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
  Share agreement;                        // of samples with the same largest output
  double sqnr_db = 0;                     // centred, over all outputs
  size_t labelled = 0;                    // samples that have a label
  std::optional<Share> float_top1, top1;  // of those; nothing without labels
};

// One judgement for each of `others`, whose inputs and outputs are those of `original`.
Result<std::vector<Judgement>> judge(const ir::Module& original, std::span<const ir::Module* const> others,
                                     const Samples& samples, ThreadPool& pool, ProgressSink& progress);

}  // namespace pestle::flows
