// The options of the verb `quantize` as somebody writes them, understood: words become settings, and what contradicts
// itself is refused. Errors name options as QuantizeOptions does, `in_backquotes`.
#pragma once

#include <string>
#include <vector>

#include "flows/model.h"
#include "flows/samples.h"
#include "quant/choose.h"
#include "quant/statistics.h"

namespace pestle::flows {

struct QuantizeOptions {
  ModelRequest model;
  std::string output;
  std::string mode;  // a name out of the list that an empty one is refused with
  SampleRequest data;
  std::string validation;       // samples that judge; empty: the label file's split, or some of `data` are held back
  int64_t samples = 200;        // that calibrate
  std::string observer;         // minmax (as is nothing), moving-average, percentile, percentile=99.9
  std::string refine = "auto";  // auto, bias, none
  bool per_tensor = false;      // one scale a weight tensor
  int64_t min_elements = 1024;  // dynamic: smaller weights stay float
  std::vector<std::string> keep_float;   // globs over source node names, or "op:NAME"
  std::vector<std::string> allow_float;  // what may stay float in full and strict modes
  bool strict = false;                   // an operator that stays float is an error
  std::string io;                        // type of inputs and outputs; empty: the mode's own
  std::string plan;                      // a plan (JSON) in force instead of what the mode would choose
  std::string save_plan;                 // where the plan in force goes
  std::string class_names;               // a list, one name a line; empty: those that the model has
  int threads = 0;                       // 0: one a physical core
};

struct QuantizeSettings {
  const quant::Mode* mode = nullptr;
  size_t samples = 0;
  quant::ObserverSpec observer;
  bool refine = true;
  quant::ChoiceOptions choice;
};

Result<QuantizeSettings> understand(const QuantizeOptions& options);

}  // namespace pestle::flows
