// rewrite OUT IN...: reads .tflite files and writes each as it was read to OUT/<number>.tflite; no pass runs. Prints a
// line for a file that the door refuses.
#include <fmt/core.h>

#include "base/file.h"
#include "formats/tflite/tflite.h"

using namespace pestle;

namespace {

Status rewrite(const char* path, const std::string& written) {
  PESTLE_ASSIGN(const Bytes bytes, map_file(path));
  PESTLE_ASSIGN(const ir::Module module, formats::tflite::read(bytes));
  return formats::tflite::write(module, written);
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 2; i < argc; ++i) {
    const Status status = rewrite(argv[i], fmt::format("{}/{}.tflite", argv[1], i - 2));
    if (!status) fmt::print("{}: {}\n", argv[i], describe(status.error()));
  }
}
