// pestle_parity: makes the cases of the differential harness.
//   pestle_parity --list                         operators of src/ops that have a generator, and those that lack one
//   pestle_parity --out FILE [--cases N] [--first I] [--only LABEL] [--seed S] OPERATOR
#include <fmt/core.h>

#include <cstdlib>
#include <string_view>

#include "ops/core/registry.h"
#include "parity/batch.h"

namespace pestle::parity {
namespace {

struct Arguments {
  bool list = false;
  std::string out, op;
  BatchOptions batch;
};

bool parse(int count, char** words, Arguments& arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    const char* next = i + 1 < count ? words[i + 1] : nullptr;
    if (word == "--list") {
      arguments.list = true;
      continue;
    }
    if (!word.starts_with("--")) {
      arguments.op = word;
      continue;
    }
    if (next == nullptr) return false;
    ++i;
    if (word == "--out") arguments.out = next;
    if (word == "--only") arguments.batch.only = next;
    if (word == "--cases") arguments.batch.cases = std::atoll(next);
    if (word == "--first") arguments.batch.first = std::atoll(next);
    if (word == "--seed") arguments.batch.seed = static_cast<uint64_t>(std::atoll(next));
  }
  return arguments.list || (!arguments.op.empty() && !arguments.out.empty());
}

int list() {
  for (const ops::OpDef* def : ops::all()) {
    fmt::print("{} {}\n", def->name, find_generator(def->name) == nullptr ? "missing" : "generated");
  }
  return 0;
}

int write(const Arguments& arguments) {
  const ops::OpDef* def = ops::find(arguments.op);
  const Generator* generator = find_generator(arguments.op);
  if (def == nullptr || generator == nullptr) {
    fmt::print(stderr, "error: {} has no {}\n", arguments.op, def == nullptr ? "definition" : "generator");
    return 2;
  }
  std::FILE* file = std::fopen(arguments.out.c_str(), "wb");
  if (file == nullptr) {
    fmt::print(stderr, "error: cannot write {}\n", arguments.out);
    return 2;
  }
  Status status = write_batch(*def, *generator, arguments.batch, file);
  for (const ops::OpDef* form : def->forms) {
    if (status) status = write_batch(*form, *generator, arguments.batch, file);
  }
  const bool closed = std::fclose(file) == 0;
  if (!status) fmt::print(stderr, "error: {}: {}\n", arguments.op, describe(status.error()));
  return status && closed ? 0 : 2;
}

}  // namespace
}  // namespace pestle::parity

int main(int count, char** words) {
  pestle::parity::Arguments arguments;
  if (!pestle::parity::parse(count, words, arguments)) {
    fmt::print(stderr,
               "usage: pestle_parity --list | --out FILE [--cases N] [--first I] [--only LABEL] [--seed S] OPERATOR\n");
    return 2;
  }
  return arguments.list ? pestle::parity::list() : pestle::parity::write(arguments);
}
