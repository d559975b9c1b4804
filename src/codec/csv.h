// Comma-separated tables with a header row (RFC 4180: fields may be quoted, "" is a quote in a quoted field, rows
// end with LF or CRLF, a byte order mark is skipped). Every row has as many fields as the header. Some programs write
// another separator than the comma.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace pestle::codec {

struct CsvTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;

  std::optional<size_t> column(std::string_view name) const;
};

Result<CsvTable> read_csv(std::string_view text, char separator = ',');

}  // namespace pestle::codec
