// A verb of the command line. To add one, add commands/<verb>.cpp with `const CommandDef& command_<verb>()`; the build
// finds it. A command declares its flags, calls one flow, and turns the flow's result into a document (for people)
// and a JSON object (for programs; keys in docs/json.md).
#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/progress.h"
#include "base/status.h"
#include "report/document.h"

namespace pestle::cli {

// One flag or positional argument, bound to where its value goes.
struct Flag {
  std::string name;        // "--mode", "-o,--output", or a bare word for a positional argument
  std::string value_name;  // shown in help; empty for toggles
  std::string help;
  std::variant<bool*, int64_t*, double*, std::string*, std::vector<std::string>*> target;
  bool required = false;
  // Not empty: the value may be left out (the target then becomes kNoValue), and only a word with this ending is one.
  std::string value_ending = {};
  // Bounds of whole numbers: a count, unless the flag says otherwise.
  int64_t least = 0, most = std::numeric_limits<int64_t>::max();
  std::vector<std::string> choices = {};  // not empty: the words that a text may be

  Flag between(int64_t low, int64_t high) && {
    least = low;
    most = high;
    return std::move(*this);
  }
  Flag among(std::vector<std::string> words) && {
    choices = std::move(words);
    return std::move(*this);
  }
};
inline constexpr const char* kNoValue = "-";

// What a command did. `ok` false: the job was done, and its answer is no (exit code 1), as for a failed --check.
struct Outcome {
  report::Document document;
  Json json;
  bool ok = true;
  std::string text = {};  // printed as it is instead of the document, where not empty
};

class Command {
 public:
  virtual ~Command() = default;
  virtual std::vector<Flag> flags() = 0;
  // Errors of code kInvalidArgument that name a flag are wrong usage (exit code 2); the others exit code 1.
  virtual Result<Outcome> run(ProgressSink& progress) = 0;
};

struct CommandDef {
  const char* name;
  const char* summary;                // one line
  std::vector<const char*> examples;  // shown first in help
  std::unique_ptr<Command> (*make)();
};

// All commands, in the order of their names.
const std::vector<const CommandDef*>& commands();

// Flags that every command has.
struct CommonFlags {
  bool json = false;
  bool quiet = false;
};

struct Invocation {
  const CommandDef* def = nullptr;
  std::unique_ptr<Command> command;
  CommonFlags common;
};

// Reads the command line. False: help or version was printed, and there is nothing to do. An error is wrong usage;
// `invocation` then still says which verb was meant, if any, and whether an answer in JSON is wanted.
Result<bool> parse_arguments(int argc, char** argv, Invocation& invocation);

}  // namespace pestle::cli
