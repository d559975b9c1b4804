#include "codec/csv.h"

#include <fmt/core.h>

#include <algorithm>

namespace pestle::codec {
namespace {

class Parser {
 public:
  Parser(std::string_view text, char separator) : text_(text), ends_{separator, '\n'} {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
  }

  bool at_end() const { return at_ >= text_.size(); }
  int line() const { return line_; }

  Result<std::vector<std::string>> row() {
    std::vector<std::string> fields;
    while (true) {
      std::string field;
      PESTLE_TRY(take_field(field));
      fields.push_back(std::move(field));
      if (at_end()) return fields;
      if (text_[at_++] == ends_[0]) continue;
      ++line_;
      return fields;
    }
  }

 private:
  // Leaves the cursor on the separator or the LF behind the field, or at the end.
  Status take_field(std::string& field) {
    if (!at_end() && text_[at_] == '"') {
      PESTLE_TRY(take_quoted(field));
    } else {
      const size_t end = std::min(text_.find_first_of(std::string_view(ends_, 2), at_), text_.size());
      field = text_.substr(at_, end - at_);
      at_ = end;
      if (!field.empty() && field.back() == '\r') field.pop_back();
      return {};
    }
    if (!at_end() && text_[at_] == '\r') ++at_;
    if (at_end() || text_[at_] == ends_[0] || text_[at_] == '\n') return {};
    return fail(ErrorCode::kInvalidFile, fmt::format("line {}: text follows a closing quote", line_));
  }

  Status take_quoted(std::string& field) {
    const int opened = line_;
    for (++at_; !at_end(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        if (at_end() || text_[at_] != '"') return {};
      }
      if (c == '\n') ++line_;
      field += c;
    }
    return fail(ErrorCode::kInvalidFile, fmt::format("line {}: a quote is never closed", opened));
  }

  std::string_view text_;
  char ends_[2];  // what ends a field: the separator, the line's end
  size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

std::optional<size_t> CsvTable::column(std::string_view name) const {
  const auto found = std::ranges::find(columns, name);
  if (found == columns.end()) return std::nullopt;
  return static_cast<size_t>(found - columns.begin());
}

Result<CsvTable> read_csv(std::string_view text, char separator) {
  CsvTable table;
  Parser parser(text, separator);
  if (parser.at_end()) return fail(ErrorCode::kInvalidFile, "the table is empty");
  PESTLE_ASSIGN(table.columns, parser.row());
  while (!parser.at_end()) {
    const int line = parser.line();
    PESTLE_ASSIGN(auto row, parser.row());
    if (row.size() == 1 && row[0].empty()) continue;  // a blank line
    if (row.size() != table.columns.size()) {
      return fail(ErrorCode::kInvalidFile,
                  fmt::format("line {}: {} fields where the header has {}", line, row.size(), table.columns.size()));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace pestle::codec
