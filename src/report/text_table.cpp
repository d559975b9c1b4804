#include "report/text_table.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "report/paint.h"
#include "report/width.h"

namespace pestle::report {
namespace {

constexpr int kGap = 2;
constexpr int kLeastName = 8;
constexpr int kLeastSentence = 16;

const Cell& cell_at(const Row& row, size_t column) {
  static const Cell none;
  return column < row.cells.size() ? row.cells[column] : none;
}

std::string spaces(int count) { return std::string(static_cast<size_t>(std::max(count, 0)), ' '); }

std::string repeated(std::string_view text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

void trim_end(std::string& line) { line.erase(line.find_last_not_of(' ') + 1); }

class Layout {
 public:
  Layout(const Table& table, const TextOptions& options) : table_(table), paint_(options), limit_(options.width) {
    for (const Row& row : table.rows) {
      note_mark(row.mark);
      if (row.mark != Mark::kNone) gutter_ = 2;
    }
    for (size_t c = 0; c < table.columns.size(); ++c) measure(c);
  }

  std::string render() {
    std::string out;
    if (!table_.caption.empty()) out += paint_.bold(clipped(printable(table_.caption), limit_)) + "\n";
    if (shrink()) {
      out += header();
      for (const Row& row : table_.rows) out += row_lines(row);
    } else {
      out += records();
    }
    return out + legend();
  }

 private:
  struct Measured {
    std::string heading;
    int width = 0;       // without the place for marks
    int mark_width = 0;  // 2 where a cell has a mark
    int least = 0;
    bool right = false;
  };

  void note_mark(Mark mark) { seen_[static_cast<size_t>(mark)] = true; }

  std::string clipped(const std::string& text, int width) const {
    return shorten_middle(text, width, paint_.ellipsis());
  }

  void measure(size_t c) {
    Measured column;
    column.heading = printable(column_heading(table_, c));
    column.right = is_right_aligned(table_, c);
    column.width = display_width(column.heading);
    for (const Row& row : table_.rows) {
      const Cell& cell = cell_at(row, c);
      column.width = std::max(column.width, display_width(printable(cell_text(cell))));
      if (cell.mark != Mark::kNone) column.mark_width = 2;
      note_mark(cell.mark);
    }
    const int least = table_.columns[c].overflow == Overflow::kWrap ? kLeastSentence : kLeastName;
    column.least = column.right ? column.width : std::min(column.width, least);
    columns_.push_back(std::move(column));
  }

  int total_width() const {
    int total = gutter_;
    for (const Measured& column : columns_) total += column.width + column.mark_width + kGap;
    return total - (columns_.empty() ? 0 : kGap);
  }

  // Takes room from the widest column that has some to give; false if that is not enough.
  bool shrink() {
    for (int excess = total_width() - limit_; excess > 0; --excess) {
      Measured* widest = nullptr;
      for (Measured& column : columns_) {
        if (column.width > column.least && (!widest || column.width > widest->width)) widest = &column;
      }
      if (!widest) return false;
      --widest->width;
    }
    return true;
  }

  std::string aligned(const std::string& text, const Measured& column) const {
    const std::string padding = spaces(column.width - display_width(text));
    return column.right ? padding + text : text + padding;
  }

  std::string header() const {
    std::string titles = spaces(gutter_);
    int width = gutter_;
    for (const Measured& column : columns_) {
      titles += aligned(clipped(column.heading, column.width), column) + spaces(column.mark_width + kGap);
      width += column.width + column.mark_width + kGap;
    }
    trim_end(titles);
    return paint_.bold(titles) + "\n" + paint_.dim(repeated(paint_.rule(), std::max(width - kGap, 0))) + "\n";
  }

  std::vector<std::string> cell_lines(const Row& row, size_t c) const {
    const std::string text = printable(cell_text(cell_at(row, c)));
    if (table_.columns[c].overflow == Overflow::kWrap) return wrap(text, columns_[c].width);
    return {clipped(text, columns_[c].width)};
  }

  std::string row_lines(const Row& row) const {
    std::vector<std::vector<std::string>> cells;
    size_t height = 1;
    for (size_t c = 0; c < columns_.size(); ++c) {
      cells.push_back(cell_lines(row, c));
      height = std::max(height, cells.back().size());
    }
    std::string out;
    for (size_t line = 0; line < height; ++line) {
      std::string text;
      if (gutter_ > 0) text += (line == 0 ? std::string(mark_sign(row.mark)) : " ") + " ";
      for (size_t c = 0; c < columns_.size(); ++c)
        text += piece(row, c, line < cells[c].size() ? cells[c][line] : "", line);
      trim_end(text);
      out += (row.mark == Mark::kNone ? text : paint_.marked(row.mark, text)) + "\n";
    }
    return out;
  }

  std::string piece(const Row& row, size_t c, const std::string& text, size_t line) const {
    const Mark mark = cell_at(row, c).mark;
    std::string out = aligned(text, columns_[c]);
    if (columns_[c].mark_width > 0) out += std::string(" ") + std::string(line == 0 ? mark_sign(mark) : " ");
    // A colour inside a coloured row would end the row's.
    if (row.mark == Mark::kNone && mark != Mark::kNone) out = paint_.marked(mark, out);
    return out + spaces(kGap);
  }

  std::string records() const {
    int name_width = 0;
    for (const Measured& column : columns_) name_width = std::max(name_width, display_width(column.heading));
    name_width = std::min(name_width, std::max(limit_ / 2 - kGap, 1));
    std::string out;
    for (size_t r = 0; r < table_.rows.size(); ++r) {
      if (r > 0) out += "\n";
      const Row& row = table_.rows[r];
      for (size_t c = 0; c < columns_.size(); ++c) {
        const Cell& cell = cell_at(row, c);
        const std::string name = clipped(columns_[c].heading, name_width);
        const Mark mark = c == 0 && cell.mark == Mark::kNone ? row.mark : cell.mark;
        const int room = limit_ - name_width - kGap - 2;
        const std::string value = clipped(printable(cell_text(cell)), room);
        out += paint_.dim(name) + spaces(name_width - display_width(name) + kGap) + value;
        out += (mark == Mark::kNone ? "" : " " + std::string(mark_sign(mark))) + "\n";
      }
    }
    return out;
  }

  std::string legend() const {
    std::string out;
    for (const Mark mark : {Mark::kBest, Mark::kDominated, Mark::kWarning}) {
      if (!seen_[static_cast<size_t>(mark)]) continue;
      out += (out.empty() ? "" : "   ") + std::string(mark_sign(mark)) + " " + mark_name(mark);
    }
    return out.empty() ? out : paint_.dim(clipped(out, limit_)) + "\n";
  }

  const Table& table_;
  Paint paint_;
  int limit_;
  int gutter_ = 0;
  bool seen_[kMarkCount] = {};
  std::vector<Measured> columns_;
};

// The kind of all cells of a column that are not empty, if they agree.
CellKind column_kind(const Table& table, size_t column) {
  CellKind kind = CellKind::kEmpty;
  for (const Row& row : table.rows) {
    const CellKind here = cell_at(row, column).kind;
    if (here == CellKind::kEmpty || here == kind) continue;
    if (kind != CellKind::kEmpty) return CellKind::kText;
    kind = here;
  }
  return kind;
}

}  // namespace

std::string column_heading(const Table& table, size_t column) {
  std::string unit = table.columns[column].unit;
  const CellKind kind = column_kind(table, column);
  if (unit.empty() && kind == CellKind::kBytes) unit = "bytes";
  if (unit.empty() && kind == CellKind::kMilliseconds) unit = "ms";
  const std::string& title = table.columns[column].title;
  return unit.empty() ? title : title + " [" + unit + "]";
}

bool is_right_aligned(const Table& table, size_t column) {
  const Align align = table.columns[column].align;
  if (align != Align::kAuto) return align == Align::kRight;
  // One word among numbers ("n/a") does not turn a column of numbers into text.
  int numbers = 0, texts = 0;
  for (const Row& row : table.rows) {
    const CellKind kind = cell_at(row, column).kind;
    texts += kind == CellKind::kText ? 1 : 0;
    numbers += kind != CellKind::kText && kind != CellKind::kEmpty ? 1 : 0;
  }
  return numbers > 0 && numbers >= texts;
}

std::string render_table(const Table& table, const TextOptions& options) { return Layout(table, options).render(); }

}  // namespace pestle::report
