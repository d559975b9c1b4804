// .tflite: through the door, the verifier and the operators' checks; what was read can be written, and what was
// written can be read and written again to the same bytes.
#include "formats/tflite/tflite.h"
#include "ir/verifier.h"
#include "ops/core/check.h"
#include "ops/core/registry.h"
#include "tests/fuzz/target.h"

using namespace pestle;

namespace {

std::string reason(const auto& result) { return result ? std::string() : describe(result.error()); }

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto module = formats::tflite::read(fuzz::input_of(data, size));
  if (!module) return 0;
  const bool is_well_formed = ir::verify(*module).has_value();
  if (is_well_formed) {
    for (const ir::Graph& graph : module->graphs) (void)ops::check_graph(graph);
  }
  fuzz::Buffer first;
  if (Status status = formats::tflite::write(*module, first); !status) {
    fuzz::promise(status.error().code != ErrorCode::kInternal, "what was read can be written", reason(status));
    return 0;
  }
  const auto again = formats::tflite::read(Bytes::copy_of(first.bytes));
  fuzz::promise(again.has_value(), "what was written can be read", reason(again));
  fuzz::promise(ir::verify(*again).has_value() == is_well_formed, "writing keeps a module as well formed as it was");
  fuzz::Buffer second;
  fuzz::promise(formats::tflite::write(*again, second).has_value(), "what was read again can be written");
  fuzz::promise(first.bytes == second.bytes, "writing twice gives the same bytes");
  return 0;
}
