#include "report/document.h"

#include "report/numbers.h"

namespace pestle::report {

const char* mark_name(Mark mark) {
  switch (mark) {
    case Mark::kNone: return "none";
    case Mark::kBest: return "best";
    case Mark::kDominated: return "dominated";
    case Mark::kWarning: return "warning";
  }
  return "none";
}

Cell empty_cell() { return {}; }
Cell text_cell(std::string text) { return {.kind = CellKind::kText, .text = std::move(text)}; }
Cell number_cell(double value, int decimals) {
  return {.kind = CellKind::kNumber, .text = {}, .number = value, .decimals = decimals};
}
Cell count_cell(int64_t count) { return {.kind = CellKind::kCount, .text = {}, .integer = count}; }
Cell bytes_cell(int64_t bytes) { return {.kind = CellKind::kBytes, .text = {}, .integer = bytes}; }
Cell percent_cell(double fraction, int decimals) {
  return {.kind = CellKind::kPercent, .text = {}, .number = fraction, .decimals = decimals};
}
Cell milliseconds_cell(double milliseconds) {
  return {.kind = CellKind::kMilliseconds, .text = {}, .number = milliseconds};
}
Cell marked(Cell cell, Mark mark) {
  cell.mark = mark;
  return cell;
}

std::string cell_text(const Cell& cell) {
  switch (cell.kind) {
    case CellKind::kEmpty: return {};
    case CellKind::kText: return cell.text;
    case CellKind::kNumber: return format_number(cell.number, cell.decimals);
    case CellKind::kCount:
    case CellKind::kBytes: return format_count(cell.integer);
    case CellKind::kPercent: return format_number(cell.number * 100, cell.decimals) + "%";
    case CellKind::kMilliseconds: return format_milliseconds(cell.number);
  }
  return {};
}

}  // namespace pestle::report
