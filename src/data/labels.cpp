#include "data/labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

namespace pestle::data {
namespace {

std::optional<int64_t> parse_integer(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

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
