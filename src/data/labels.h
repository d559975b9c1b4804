// Label files: a table keyed by `file` (paths relative to the data) or by `index` (rows of arrays), with an optional
// `label` (a number or a class name) and an optional `split`; labels in the order of rows; and lists of class names,
// one a line.
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

Result<std::vector<std::string>> read_class_names(const std::string& path);

// What --labels names, by its content:
// - a table: a header with `file` or `index`, or lines `file,label` without a header whose first fields are files of
//   `folder` (the data's; empty where the data are no folder); fields part at commas, semicolons or tabs;
// - one label a row of the data's arrays: a .npy of integers, a column `label` alone, or one whole number a line;
// - else class names, one a line. Different numbers, one a line, may be either.
// Lines that look like a table of another kind are an error that says what is expected.
struct LabelFile {
  std::optional<LabelTable> table;
  std::vector<std::string> by_row;
  std::vector<std::string> class_names;
};
Result<LabelFile> read_label_file(const std::string& path, const std::string& folder);
// The same of a file that must be a table.
Result<LabelTable> read_label_table(const std::string& path, const std::string& folder);

// Turns label texts into class numbers. Where all texts are numbers they stand for themselves; else they are looked
// up in `class_names` (numbers too, which stand for themselves if no class is called so). Empty `class_names` become
// the distinct texts in sorted order. Empty texts give nothing.
Result<std::vector<std::optional<int64_t>>> resolve_labels(std::span<const std::string> texts,
                                                           std::vector<std::string>& class_names);

}  // namespace pestle::data
