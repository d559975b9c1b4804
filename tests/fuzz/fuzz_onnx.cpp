// ONNX: the door and the importer. A module that is imported is well formed, and its operators agree with their types.
#include "formats/onnx/onnx.h"
#include "ir/verifier.h"
#include "ops/core/check.h"
#include "ops/core/registry.h"
#include "tests/fuzz/mutate_onnx.h"
#include "tests/fuzz/onnx_writer.h"
#include "tests/fuzz/target.h"

using namespace pestle;

namespace {

// External data is refused before any file is looked for.
constexpr const char* kNoFolder = "/nonexistent";

void check(const Result<ir::Module>& module) {
  if (!module) {
    fuzz::promise(module.error().code != ErrorCode::kInternal, "no file leads to an internal error",
                  describe(module.error()));
    return;
  }
  const Status formed = ir::verify(*module);
  fuzz::promise(formed.has_value(), "an imported module is well formed", formed ? "" : describe(formed.error()));
  for (const ir::Graph& graph : module->graphs) {
    const Status checked = ops::check_graph(graph);
    fuzz::promise(checked.has_value(), "an imported graph passes its operators' checks",
                  checked ? "" : describe(checked.error()));
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes file = fuzz::input_of(data, size);
  (void)codec::looks_like_onnx(file.view());
  check(formats::onnx::read(file, kNoFolder));
  return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  fuzz::Dice dice(seed);
  if (dice.one_in(8)) return LLVMFuzzerMutate(data, size, max_size);
  auto model = codec::read_onnx(fuzz::input_of(data, size));
  if (!model) return LLVMFuzzerMutate(data, size, max_size);
  fuzz::mutate(*model, dice);
  const std::string written = fuzz::write_onnx(*model);
  return fuzz::replace_input(data, size, max_size, std::as_bytes(std::span(written)));
}
