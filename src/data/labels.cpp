#include "data/labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "codec/csv.h"

namespace pestle::data {
namespace {

std::optional<int64_t> parse_integer(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<std::string> read_text(const std::string& path) {
  PESTLE_ASSIGN(const Bytes file, map_file(path));
  return std::string(reinterpret_cast<const char*>(file.data()), file.size());
}

Result<LabelTable> to_table(const codec::CsvTable& csv) {
  const auto file = csv.column("file"), index = csv.column("index");
  const auto label = csv.column("label"), split = csv.column("split");
  if (!file && !index) {
    return fail(ErrorCode::kInvalidFile, "a label file needs a column 'file' or 'index'",
                fmt::format("its columns are: {}", join(csv.columns, ", ")));
  }
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
      const auto number = parse_integer(key);
      if (!number || *number < 0)
        return fail(ErrorCode::kInvalidFile, fmt::format("index '{:.40}' is not a row number", key));
      out.index = *number;
    }
    if (label) out.label = row[*label];
    if (split) out.split = row[*split];
    table.rows.push_back(std::move(out));
  }
  return table;
}

std::vector<std::string> to_names(const std::string& text) {
  std::vector<std::string> names = split(text, '\n');
  for (std::string& name : names) {
    if (name.ends_with('\r')) name.pop_back();
  }
  while (!names.empty() && names.back().empty()) names.pop_back();
  return names;
}

bool looks_like_table(const std::string& text) {
  const auto header = codec::read_csv(std::string_view(text).substr(0, text.find('\n')));
  return header && (header->column("file") || header->column("index"));
}

}  // namespace

Result<LabelTable> read_label_table(const std::string& path) {
  PESTLE_ASSIGN(const std::string text, read_text(path));
  auto csv = codec::read_csv(text);
  if (!csv) return in_context(std::move(csv).error(), path);
  auto table = to_table(*csv);
  if (!table) return in_context(std::move(table).error(), path);
  return table;
}

Result<std::vector<std::string>> read_class_names(const std::string& path) {
  PESTLE_ASSIGN(const std::string text, read_text(path));
  auto names = to_names(text);
  if (names.empty()) return in_context(fail(ErrorCode::kInvalidFile, "the file holds no class names").value(), path);
  return names;
}

Result<LabelFile> read_label_file(const std::string& path) {
  PESTLE_ASSIGN(const std::string text, read_text(path));
  LabelFile file;
  if (looks_like_table(text)) {
    PESTLE_ASSIGN(file.table, read_label_table(path));
  } else {
    PESTLE_ASSIGN(file.class_names, read_class_names(path));
  }
  return file;
}

Result<std::vector<std::optional<int64_t>>> resolve_labels(std::span<const std::string> texts,
                                                           std::vector<std::string>& class_names) {
  const bool words = std::ranges::any_of(texts, [](const std::string& t) { return !t.empty() && !parse_integer(t); });
  if (words && class_names.empty()) {
    const std::set<std::string> distinct(texts.begin(), texts.end());
    std::ranges::copy_if(distinct, std::back_inserter(class_names), [](const std::string& t) { return !t.empty(); });
  }
  std::map<std::string_view, int64_t> numbers;
  for (size_t i = 0; words && i < class_names.size(); ++i) numbers.emplace(class_names[i], static_cast<int64_t>(i));
  std::vector<std::optional<int64_t>> labels;
  for (const std::string& text : texts) {
    const auto found = numbers.find(text);
    labels.push_back(found != numbers.end() ? found->second : parse_integer(text));
    if (labels.back() || text.empty()) continue;
    return fail(ErrorCode::kInvalidFile, fmt::format("label '{:.60}' is neither a number nor a class name", text),
                "name the classes in order, one a line: --labels FILE");
  }
  return labels;
}

}  // namespace pestle::data
