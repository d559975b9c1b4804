#include "base/text.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <optional>
#include <utility>

namespace pestle {
namespace {

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j] + 1, diagonal + 1});
    }
  }
  return row[b.size()];
}

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

// The kind of likeness, then how much is different; less is nearer.
using Nearness = std::pair<int, size_t>;

std::optional<Nearness> nearness_of(std::string_view word, std::string_view candidate) {
  constexpr size_t kShortestPart = 3;
  const size_t distance = edit_distance(word, candidate);
  if (distance <= 1) return Nearness{0, distance};
  const bool holds = word.size() >= kShortestPart && candidate.find(word) != std::string_view::npos;
  if (holds) return Nearness{candidate.starts_with(word) ? 1 : 2, candidate.size()};
  if (candidate.size() >= kShortestPart && word.find(candidate) != std::string_view::npos) {
    return Nearness{2, word.size() - candidate.size()};
  }
  if (distance <= word.size() / 2) return Nearness{3, distance};
  return std::nullopt;
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0;
  size_t star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::vector<std::string> nearest_words(std::string_view word, std::span<const std::string> candidates, size_t most) {
  const std::string wanted = in_lower_case(word);
  std::vector<std::pair<Nearness, std::string>> ranked;
  for (const std::string& candidate : candidates) {
    if (const auto nearness = nearness_of(wanted, in_lower_case(candidate))) ranked.emplace_back(*nearness, candidate);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> out;
  for (const auto& [nearness, candidate] : ranked) {
    if (out.size() < most) out.push_back(candidate);
  }
  return out;
}

std::string operation_label(std::string_view op, std::string_view name) {
  std::string text(op);
  if (!name.empty()) text.append(" '").append(name).append("'");
  return text;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  while (true) {
    const size_t end = text.find(separator, begin);
    parts.emplace_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  std::string text;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += separator;
    text += parts[i];
  }
  return text;
}

}  // namespace pestle
