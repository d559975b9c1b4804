// What a label file is, by its content.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "codec/csv.h"
#include "codec/npy.h"
#include "data/labels.h"
#include "data/listing.h"

namespace pestle::data {
namespace {

constexpr const char* kExpected =
    "a label file begins with the line 'file,label' (or 'index,label' for arrays); for arrays one number a line or a "
    ".npy of integers do as well, and a list of class names has one name a line";

std::optional<int64_t> parse_row(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Whole numbers as programs write them: "7", "7.0", "7.000e+00".
std::optional<int64_t> parse_whole(std::string_view text) {
  constexpr double kLargest = 1e15;  // exact in a double
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!(std::abs(value) <= kLargest) || value != std::trunc(value)) return std::nullopt;
  return static_cast<int64_t>(value);
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// The lines without their ends and without the blank ones behind the last.
std::vector<std::string> lines_of(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::vector<std::string> lines = split(text, '\n');
  for (std::string& line : lines) {
    if (line.ends_with('\r')) line.pop_back();
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

// A text as a table, its columns as the first line has them.
struct Text {
  std::string_view whole, first_line;
  char separator = ',';

  explicit Text(const Bytes& file) : whole(reinterpret_cast<const char*>(file.data()), file.size()) {
    first_line = whole.substr(0, whole.find('\n'));
    if (first_line.ends_with('\r')) first_line.remove_suffix(1);
    if (first_line.find(',') != std::string_view::npos) return;
    for (char other : {';', '\t'}) {
      if (first_line.find(other) == std::string_view::npos) continue;
      separator = other;
      return;
    }
  }

  std::vector<std::string> header() const {
    auto read = codec::read_csv(first_line, separator);
    if (!read) return {};
    for (std::string& column : read->columns) column = trimmed(column);
    return std::move(read->columns);
  }
  Result<codec::CsvTable> table() const {
    PESTLE_ASSIGN(codec::CsvTable csv, codec::read_csv(whole, separator));
    for (std::string& column : csv.columns) column = trimmed(column);
    return csv;
  }
};

bool has(const std::vector<std::string>& columns, std::string_view name) {
  return std::ranges::find(columns, name) != columns.end();
}

Result<LabelTable> to_table(const codec::CsvTable& csv) {
  const auto file = csv.column("file"), index = csv.column("index");
  const auto label = csv.column("label"), split = csv.column("split");
  LabelTable table;
  table.by_index = !file;
  table.has_labels = label.has_value();
  std::set<std::string_view> seen;
  for (const auto& row : csv.rows) {
    LabelRow out;
    const std::string& key = row[file ? *file : *index];
    if (!seen.insert(key).second) return fail(ErrorCode::kInvalidFile, fmt::format("'{}' occurs twice", key));
    if (file) {
      out.file = key;
    } else {
      const auto number = parse_row(key);
      if (!number || *number < 0)
        return fail(ErrorCode::kInvalidFile, fmt::format("index '{:.40}' is not a row number", key));
      out.index = *number;
    }
    if (label) out.label = trimmed(row[*label]);
    if (split) out.split = trimmed(row[*split]);
    table.rows.push_back(std::move(out));
  }
  return table;
}

// A table with its header, or without one if the first field of the first line is a file of the folder; nothing if it
// is neither.
Result<std::optional<LabelTable>> find_table(const Text& text, const std::string& folder) {
  const std::vector<std::string> header = text.header();
  const bool headed = has(header, "file") || has(header, "index");
  const bool lists_files = header.size() > 1 && !folder.empty() && file_exists(join_path(folder, header[0]));
  if (!headed && !lists_files) return std::optional<LabelTable>();
  PESTLE_ASSIGN(codec::CsvTable csv, text.table());
  if (!headed) {
    if (header.size() > 3)
      return fail(ErrorCode::kInvalidFile, "lines without a header have more fields than file, label and split",
                  kExpected);
    csv.rows.insert(csv.rows.begin(), std::move(csv.columns));
    csv.columns = {"file", "label", "split"};
    csv.columns.resize(header.size());
  }
  PESTLE_ASSIGN(LabelTable table, to_table(csv));
  return std::optional<LabelTable>(std::move(table));
}

// Class names may hold commas; keys, numbers behind them and a column `label` are those of a table.
bool looks_like_another_table(const Text& text) {
  const std::vector<std::string> header = text.header();
  if (header.size() < 2) return false;
  if (has(header, "label") || is_media_name(header[0])) return true;
  const auto csv = text.table();
  if (!csv || csv->rows.empty()) return false;
  const auto every = [&csv](auto fits) { return std::ranges::all_of(csv->rows, fits); };
  return every([](const auto& row) { return is_media_name(row.front()); }) ||
         every([](const auto& row) { return parse_whole(trimmed(row.front())).has_value(); }) ||
         every([](const auto& row) { return parse_whole(trimmed(row.back())).has_value(); });
}

template <typename T>
std::vector<std::string> texts_of(std::span<const std::byte> bytes) {
  std::vector<std::string> texts;
  for (size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof(T));
    texts.push_back(fmt::format("{}", static_cast<int64_t>(value)));
  }
  return texts;
}

Result<std::vector<std::string>> labels_of_array(const Bytes& file) {
  PESTLE_ASSIGN(const codec::NpyArray array, codec::read_npy(file));
  const Shape& shape = array.shape;
  const bool one_a_row = shape.rank() == 1 || (shape.rank() == 2 && shape[1] == 1);
  if (one_a_row) {
    switch (array.dtype) {
      case DType::kInt8: return texts_of<int8_t>(array.bytes.view());
      case DType::kUInt8: return texts_of<uint8_t>(array.bytes.view());
      case DType::kInt16: return texts_of<int16_t>(array.bytes.view());
      case DType::kUInt16: return texts_of<uint16_t>(array.bytes.view());
      case DType::kInt32: return texts_of<int32_t>(array.bytes.view());
      case DType::kUInt32: return texts_of<uint32_t>(array.bytes.view());
      case DType::kInt64: return texts_of<int64_t>(array.bytes.view());
      case DType::kUInt64: return texts_of<uint64_t>(array.bytes.view());
      default: break;
    }
  }
  return fail(ErrorCode::kInvalidFile,
              fmt::format("labels are a row of integers, and this is {} {}", dtype_name(array.dtype), to_string(shape)),
              kExpected);
}

// One label a line: whole numbers, or whatever stands below a header `label`. Nothing if it is something else.
std::vector<std::string> labels_of_lines(std::vector<std::string> lines) {
  if (!lines.empty() && trimmed(lines[0]) == "label") {
    lines.erase(lines.begin());
    return lines;
  }
  for (std::string& line : lines) {
    const auto number = parse_whole(trimmed(line));
    if (!number) return {};
    line = fmt::format("{}", *number);
  }
  return lines;
}

Result<LabelFile> understand(const Bytes& bytes, const std::string& folder) {
  LabelFile file;
  const Text text(bytes);
  if (text.whole.starts_with("\x93NUMPY")) {
    PESTLE_ASSIGN(file.by_row, labels_of_array(bytes));
    return file;
  }
  PESTLE_ASSIGN(file.table, find_table(text, folder));
  if (file.table) return file;
  if (looks_like_another_table(text)) {
    return fail(ErrorCode::kInvalidFile,
                fmt::format("the first line '{:.60}' is no header 'file,label' or 'index,label'{}", text.first_line,
                            folder.empty() ? "" : " and begins with no file of the data"),
                kExpected);
  }
  std::vector<std::string> lines = lines_of(text.whole);
  if (lines.empty()) return fail(ErrorCode::kInvalidFile, "the file holds no class names", kExpected);
  file.by_row = labels_of_lines(lines);
  // No two classes have one name.
  const std::set<std::string_view> distinct(lines.begin(), lines.end());
  if (file.by_row.empty() || (file.by_row.size() == lines.size() && distinct.size() == lines.size()))
    file.class_names = std::move(lines);
  return file;
}

}  // namespace

Result<LabelFile> read_label_file(const std::string& path, const std::string& folder) {
  PESTLE_ASSIGN(const Bytes bytes, map_file(path));
  auto file = understand(bytes, folder);
  if (!file) return in_context(std::move(file).error(), path);
  return file;
}

Result<LabelTable> read_label_table(const std::string& path, const std::string& folder) {
  PESTLE_ASSIGN(const Bytes bytes, map_file(path));
  const Text text(bytes);
  auto table = find_table(text, folder);
  if (!table) return in_context(std::move(table).error(), path);
  if (table->has_value()) return std::move(**table);
  return in_context(fail(ErrorCode::kInvalidFile, "a label file needs a column 'file' or 'index'",
                         fmt::format("its columns are: {}", join(text.header(), ", ")))
                        .value(),
                    path);
}

Result<std::vector<std::string>> read_class_names(const std::string& path) {
  PESTLE_ASSIGN(const Bytes bytes, map_file(path));
  auto names = lines_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (names.empty()) return in_context(fail(ErrorCode::kInvalidFile, "the file holds no class names").value(), path);
  return names;
}

}  // namespace pestle::data
