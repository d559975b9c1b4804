// The table part of text.h.
#pragma once

#include <string>

#include "report/document.h"
#include "report/text.h"

namespace pestle::report {

// Columns that do not fit even when shortened are turned into one "title  value" line a cell.
std::string render_table(const Table& table, const TextOptions& options);

// "title [unit]", with the unit that the column's cells imply where it names none.
std::string column_heading(const Table& table, size_t column);
bool is_right_aligned(const Table& table, size_t column);

}  // namespace pestle::report
