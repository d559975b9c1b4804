// Plans: JSON, its meaning for a fixed small model, and, where it is accepted, its application, which leaves a well
// formed module that can be written. A plan that was read prints and reads again.
#include "codec/json.h"
#include "formats/tflite/tflite.h"
#include "ir/verifier.h"
#include "quant/apply.h"
#include "quant/plan_json.h"
#include "tests/fuzz/small_module.h"
#include "tests/fuzz/target.h"

using namespace pestle;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Result<ir::Module> module = fuzz::small_module();
  fuzz::promise(module.has_value(), "the small module can be built", module ? "" : describe(module.error()));
  const auto json = codec::parse_json(fuzz::text_of(data, size));
  if (!json) return 0;
  const auto plan = quant::plan_from_json(*json, *module);
  if (!plan) return 0;
  const auto again = quant::plan_from_json(quant::plan_to_json(*plan, *module), *module);
  fuzz::promise(again.has_value(), "a plan that was printed can be read", again ? "" : describe(again.error()));
  const auto applied = quant::apply(*module, *plan);
  if (!applied) {
    fuzz::promise(applied.error().code != ErrorCode::kInternal, "no plan leads to an internal error",
                  describe(applied.error()));
    return 0;
  }
  const Status formed = ir::verify(applied->module);
  fuzz::promise(formed.has_value(), "an applied plan leaves a well formed module",
                formed ? "" : describe(formed.error()));
  fuzz::Buffer written;
  fuzz::promise(formats::tflite::write(applied->module, written).has_value(), "an applied plan can be written");
  return 0;
}
