// The verb `eval`: a model over a labelled set, and against its float original.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "flows/model.h"
#include "flows/samples.h"

namespace pestle::flows {

// What one number can say of a model: of its labels, or of it against its original.
enum class Metric { kTop1, kTop5, kAgreement, kSqnr, kCentredSqnr, kPsnr, kCosine, kMse };
// Their names on the command line, in this order.
std::vector<std::string> metric_names();

struct EvalOptions {
  ModelRequest model;
  SampleRequest data;
  std::string against;  // --against FLOAT; empty: none
  std::string metric;   // one of metric_names(); empty: none is asked for
  bool logits = false;  // compare at the input of a final softmax
  size_t samples = 0;   // evenly spread; 0: all
  int threads = 0;
};

struct ModelScore {
  std::optional<double> top1, top5;  // shares of samples; nothing without labels
  size_t classes = 0;                // of the first output
};

struct OutputComparison {
  std::string name;
  std::optional<double> agreement;  // where the output holds class scores
  double sqnr_db = 0, centred_sqnr_db = 0, psnr_db = 0, cosine = 0, mse = 0, max_abs = 0;
};

struct EvalResult {
  size_t samples = 0;
  size_t bytes = 0;
  double seconds = 0;
  std::string preprocess;  // what the model's samples went through; empty: nothing
  ModelScore score;
  std::optional<ModelScore> against;
  std::vector<OutputComparison> comparison;  // one an output, with --against
  OutputComparison overall;                  // of all outputs; the agreement is that of the first with class scores
  std::optional<double> metric;              // the value of the one that was asked for
  std::vector<std::string> about_model;      // what was done to it while it was read
  std::vector<std::string> notes;            // what is doubtful
};

Result<EvalResult> evaluate(const EvalOptions& options, ProgressSink& progress);

// Replaces outputs that a softmax computes by what goes into it.
void cut_final_softmax(ir::Module& module);
// Appends what goes into such a softmax to the outputs.
void expose_logits(ir::Module& module);

}  // namespace pestle::flows
