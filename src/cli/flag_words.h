// The rooms below name options as their structs do, in backquotes: `keep_float`. On the command line they are flags.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "cli/command.h"

namespace pestle::cli {

// "`keep_float` 'x' matched nothing" as "--keep-float 'x' matched nothing". Words in backquotes that are no flag of the
// command, because they came out of a file, stay as they are.
std::string in_flags(std::string_view text, std::span<const Flag> flags);
Error in_flags(Error error, std::span<const Flag> flags);

}  // namespace pestle::cli
