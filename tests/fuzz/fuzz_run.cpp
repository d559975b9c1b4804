// .tflite, further: what was read and is well formed is planned and run once, on inputs of one byte each; any operator
// may see any attributes, shapes and contents that got past the checks.
#include "base/parallel.h"
#include "formats/tflite/tflite.h"
#include "ir/verifier.h"
#include "ops/core/check.h"
#include "runtime/executor.h"
#include "tests/fuzz/target.h"

using namespace pestle;

namespace {

constexpr size_t kMostBytes = size_t{64} << 20;
constexpr int64_t kMostMacs = 20'000'000;

// Loops may rightly be endless.
bool has_loop(const ir::Module& module) {
  for (const ir::Graph& graph : module.graphs) {
    for (const ir::Node& node : graph.nodes) {
      if (node.is("WHILE")) return true;
    }
  }
  return false;
}

bool is_well_formed(const ir::Module& module) {
  if (!ir::verify(module)) return false;
  for (const ir::Graph& graph : module.graphs) {
    if (!ops::check_graph(graph)) return false;
  }
  return true;
}

void run(std::shared_ptr<const runtime::Plan> plan, std::byte fill) {
  runtime::Executor executor(plan, ThreadPool::serial());
  const ir::Graph& graph = plan->graph();
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const ir::Type& type = graph.values[graph.inputs[i]].type;
    if (!type.shape.is_static()) return;
    const std::vector<std::byte> bytes(storage_bytes(type.dtype, type.shape.elements()), fill);
    if (!executor.set_input(static_cast<int>(i), {type.dtype, type.shape, bytes})) return;
  }
  if (!executor.run()) return;
  for (size_t i = 0; i < graph.outputs.size(); ++i) (void)executor.output(static_cast<int>(i));
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto module = formats::tflite::read(fuzz::input_of(data, size));
  if (!module || module->graphs.empty() || has_loop(*module) || !is_well_formed(*module)) return 0;
  for (const bool fast : {true, false}) {
    runtime::PlanOptions options;
    options.fast_kernels = fast;
    const auto plan = runtime::Plan::make(*module, options);
    if (!plan || (*plan)->is_dynamic() || (*plan)->macs() > kMostMacs ||
        (*plan)->arena_bytes() + (*plan)->scratch_bytes() + (*plan)->variable_bytes() > kMostBytes)
      return 0;
    run(*plan, size % 2 == 0 ? std::byte{0} : std::byte{static_cast<unsigned char>(size)});
  }
  return 0;
}
