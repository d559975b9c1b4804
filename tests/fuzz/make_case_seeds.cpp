// The first inputs of fuzz_run: pestle_fuzz_case_seeds FOLDER writes FOLDER/run/<operator>_<n>.tflite, a case of the
// differential harness for each variant of each operator.
#include <fmt/core.h>

#include <filesystem>

#include "formats/tflite/tflite.h"
#include "ops/core/registry.h"
#include "parity/generator.h"

using namespace pestle;

namespace {

constexpr uint64_t kDraws = 40;

// An operator may refuse a draw.
Result<ir::Module> draw(const ops::OpDef& def, const parity::Generator& generator, const parity::Variant& variant) {
  Status status;
  for (uint64_t seed = 1; seed <= kDraws; ++seed) {
    parity::Case c(def, variant, seed);
    status = generator.draw(c);
    if (status) status = c.finish();
    if (status) return c.module();
  }
  return Failure(std::move(status).error());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: pestle_fuzz_case_seeds FOLDER\n");
    return 2;
  }
  const auto folder = std::filesystem::path(argv[1]) / "run";
  std::filesystem::create_directories(folder);
  for (const ops::OpDef* def : ops::all()) {
    const parity::Generator* generator = parity::find_generator(def->name);
    if (generator == nullptr) continue;
    int index = 0;
    for (const parity::Variant& variant : parity::variants_of(*def, *generator)) {
      const auto module = draw(*def, *generator, variant);
      const std::string path = (folder / fmt::format("{}_{}.tflite", def->name, index++)).string();
      const Status status = module ? formats::tflite::write(*module, path) : Status(Failure(module.error()));
      if (status) continue;
      fmt::print(stderr, "error: {} {}: {}\n", def->name, variant.label, describe(status.error()));
      return 1;
    }
  }
}
