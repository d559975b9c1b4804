// A pass is one rewrite of a whole module, in a file of its own (<verb>_<noun>.cpp) that opens with a sketch of the
// graph before and after. pipeline.cpp lists the passes in the order in which they run, with the reason for each place.
//
// What every pass keeps: what the model computes (integers to the bit: passes that calculate leave nodes with quantized
// operands alone), the names and order of graph inputs and outputs, the source nodes of all that is merged.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "ir/graph.h"
#include "ops/core/rules.h"

namespace pestle::passes {

struct PassOptions {
  std::vector<std::string> skip;   // names of passes that are left out
  bool keep_input_layout = false;  // image inputs stay in the source's order of axes
};

// An input of the main graph whose axes were put into another order: axis i is the source's axis permutation[i].
struct RelaidInput {
  std::string input;
  ops::Permutation permutation;
};

// A TRANSPOSE that is left in the graph, and the reader that needs it.
struct RemainingTranspose {
  std::string node;      // first source node
  std::string blocker;   // operator that reads the result, or "graph output"
  int64_t elements = 0;  // moved per run; kUnknown if not known before
};

struct PassRun {
  const char* pass;
  size_t nodes_before = 0;
  size_t nodes_after = 0;
};

struct PassReport {
  std::vector<RelaidInput> relaid_inputs;
  std::vector<RemainingTranspose> transposes;
  std::vector<PassRun> runs;
};

struct PassContext {
  PassOptions options;
  PassReport report;
};

struct Pass {
  const char* name;
  const char* summary;
  Status (*run)(ir::Module&, PassContext&);
};

// In order; a pass may stand in the list more than once.
std::span<const Pass> pipeline();

// Runs one pass. In debug builds the module is verified afterwards.
Status run_pass(const Pass& pass, ir::Module& module, PassContext& context);

// Runs all passes but the skipped ones. Fails if a name to skip is not that of a pass.
Result<PassReport> run_pipeline(ir::Module& module, const PassOptions& options);

}  // namespace pestle::passes
