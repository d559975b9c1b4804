// JSON text to a Json value (base/json.h). The text is hostile until proven otherwise: its size and depth are
// limited, keys must be unique, strings must be UTF-8, and memory stays below 64 times the size of the text.
// Integers outside int64 become the nearest double; a number outside double, NaN and comments are errors.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/json.h"
#include "base/status.h"

namespace pestle::codec {

struct JsonLimits {
  size_t max_bytes = size_t{256} << 20;
  size_t max_depth = 64;  // arrays and objects inside one another
};

// Errors carry line and column. The caller adds the file's name.
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

}  // namespace pestle::codec
