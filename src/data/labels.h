// Label files: a table keyed by `file` (paths relative to the data) or by `index` (rows of arrays), with an optional
// `label` (a number or a class name) and an optional `split`; and lists of class names, one a line.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"

namespace pestle::data {

struct LabelRow {
  std::string file;   // when keyed by file
  int64_t index = 0;  // when keyed by index
  std::string label;  // empty: none
  std::string split;
};

struct LabelTable {
  bool by_index = false;
  bool has_labels = false;
  std::vector<LabelRow> rows;  // in the file's order; no key occurs twice
};

Result<LabelTable> read_label_table(const std::string& path);
Result<std::vector<std::string>> read_class_names(const std::string& path);

// What --labels names: a table if the first line has a column `file` or `index`, else class names.
struct LabelFile {
  std::optional<LabelTable> table;
  std::vector<std::string> class_names;
};
Result<LabelFile> read_label_file(const std::string& path);

// Turns label texts into class numbers. Where all texts are numbers they stand for themselves; else they are looked
// up in `class_names` (numbers too, which stand for themselves if no class is called so). Empty `class_names` become
// the distinct texts in sorted order. Empty texts give nothing.
Result<std::vector<std::optional<int64_t>>> resolve_labels(std::span<const std::string> texts,
                                                           std::vector<std::string>& class_names);

}  // namespace pestle::data
