// A look at the float model on a few samples, before anything is quantized: which numbers its inputs get, and whether
// its first layers can do anything with them.
#pragma once

#include <string>
#include <vector>

#include "base/parallel.h"
#include "flows/misgivings.h"
#include "flows/samples.h"

namespace pestle::flows {

struct InputProbe {
  std::vector<Ends> inputs;  // lowest and highest value of each input
  std::string clipping;      // the first layer whose activation has an upper limit, empty: there is none
  double at_limit = 0;       // share of its values there
};

// On up to 16 samples, evenly spread.
Result<InputProbe> probe_inputs(const ir::Module& module, const Samples& samples, ThreadPool& pool);

// What the model file records of its only input (the chain that an earlier quantize wrote, or NormalizationOptions in
// its TFLITE_METADATA): the ends of what preprocessing makes of pixels.
std::optional<Ends> recorded_ends(const LoadedModel& model);

}  // namespace pestle::flows
