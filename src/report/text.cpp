#include "report/text.h"

#include <algorithm>
#include <cmath>

#include "report/numbers.h"
#include "report/paint.h"
#include "report/text_table.h"
#include "report/width.h"

namespace pestle::report {
namespace {

constexpr int kLeastWidth = 20;

class Renderer {
 public:
  explicit Renderer(const TextOptions& options) : options_(options), paint_(options) {}

  std::string operator()(const Heading& heading) const {
    return paint_.bold(clipped(printable(heading.text), options_.width)) + "\n";
  }

  std::string operator()(const Paragraph& paragraph) const {
    std::string out;
    for (const std::string& line : wrap(printable(paragraph.text), options_.width)) out += line + "\n";
    return out;
  }

  std::string operator()(const Facts& facts) const {
    int name_width = 0;
    for (const auto& [name, cell] : facts.items) name_width = std::max(name_width, display_width(printable(name)));
    name_width = std::min(name_width, options_.width / 2 - 2);
    std::string out;
    for (const auto& [name, cell] : facts.items) {
      const std::string shown = clipped(printable(name), name_width);
      std::string value = cell_text(cell);
      if (cell.kind == CellKind::kBytes) value = format_bytes(cell.integer);
      if (cell.kind == CellKind::kMilliseconds) value += " ms";
      if (cell.mark != Mark::kNone) value += " (" + std::string(mark_name(cell.mark)) + ")";
      const std::string gap(static_cast<size_t>(name_width - display_width(shown) + 2), ' ');
      out += paint_.dim(shown) + gap;
      out += paint_.marked(cell.mark, clipped(printable(value), options_.width - name_width - 2)) + "\n";
    }
    return out;
  }

  std::string operator()(const Table& table) const { return render_table(table, options_); }

  std::string operator()(const Tree& tree) const {
    std::string out;
    for (const TreeNode& root : tree.roots) {
      out += tree_line("", root);
      add_children(out, root, "");
    }
    return out;
  }

  // A terminal shows a plot's numbers; lines get a sketch of their shape.
  std::string operator()(const Plot& plot) const {
    if (plot.kind == PlotKind::kScatter) return render_table(point_table(plot), options_);
    int name_width = 0;
    for (const Series& series : plot.series) name_width = std::max(name_width, display_width(printable(series.name)));
    name_width = std::min(name_width, options_.width / 4);
    std::string out = paint_.bold(clipped(printable(plot.title), options_.width)) + "\n";
    for (const Series& series : plot.series) out += sketch(series, name_width);
    return out;
  }

  std::string operator()(const Note& note) const {
    const bool warns = note.kind == NoteKind::kWarning;
    const std::string prefix = warns ? "warning: " : "note: ";
    const auto lines = wrap(printable(note.text), options_.width - static_cast<int>(prefix.size()));
    std::string out = (warns ? paint_.warning(prefix) : paint_.bold(prefix)) + lines[0] + "\n";
    for (size_t i = 1; i < lines.size(); ++i) out += std::string(prefix.size(), ' ') + lines[i] + "\n";
    return out;
  }

 private:
  std::string clipped(const std::string& text, int width) const {
    return shorten_middle(text, width, paint_.ellipsis());
  }

  static Cell plain_number(double value) {
    if (std::floor(value) == value) return number_cell(value, 0);
    return number_cell(value, std::fabs(value) < 10 ? 4 : 2);
  }

  static Table point_table(const Plot& plot) {
    Table table{
        .columns = {{""}, {plot.x.title, plot.x.unit}, {plot.y.title, plot.y.unit}}, .rows = {}, .caption = plot.title};
    const bool named = plot.series.size() > 1;
    if (named) table.columns.insert(table.columns.begin(), {"series"});
    for (const Series& series : plot.series) {
      for (const Point& point : series.points) {
        Row row{{text_cell(point.label), plain_number(point.x), plain_number(point.y)}, point.mark};
        if (named) row.cells.insert(row.cells.begin(), text_cell(series.name));
        table.rows.push_back(std::move(row));
      }
    }
    return table;
  }

  std::string tree_line(const std::string& prefix, const TreeNode& node) const {
    std::string label = printable(node.label);
    if (node.mark != Mark::kNone) label += " " + std::string(mark_sign(node.mark));
    // Deep levels keep a few columns for the label; the beginning of their lines gives way.
    const std::string indent = clipped(prefix, options_.width - 8);
    const int room = options_.width - display_width(indent);
    label = clipped(label, room);
    const int left = room - display_width(label) - 2;
    std::string detail = left >= 4 ? clipped(printable(node.detail), left) : "";
    if (!detail.empty()) detail = "  " + paint_.dim(detail);
    return paint_.dim(indent) + paint_.marked(node.mark, label) + detail + "\n";
  }

  void add_children(std::string& out, const TreeNode& node, const std::string& prefix) const {
    for (size_t i = 0; i < node.children.size(); ++i) {
      const bool last = i + 1 == node.children.size();
      const TreeNode& child = node.children[i];
      out += tree_line(prefix + std::string(last ? paint_.last_branch() : paint_.branch()), child);
      add_children(out, child, prefix + (last ? "   " : std::string(paint_.trunk())));
    }
  }

  // "loss  ▁▂▅█  0.1 to 2.3": the last points that fit, scaled to their own range.
  std::string sketch(const Series& series, int name_width) const {
    const char* const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const std::string_view ascii = "_.-=+*%#";
    std::string name = clipped(printable(series.name), name_width);
    name.append(static_cast<size_t>(name_width - display_width(name)), ' ');
    std::vector<double> values;
    for (const Point& point : series.points) {
      if (std::isfinite(point.y)) values.push_back(point.y);
    }
    if (values.empty()) return name + "\n";
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    const std::string range = plain_text(*least) + " to " + plain_text(*most);
    const int room = std::max(options_.width - display_width(name) - display_width(range) - 4, 0);
    const size_t shown = std::min(values.size(), static_cast<size_t>(room));
    const double span = *most - *least;
    std::string bar;
    for (size_t i = values.size() - shown; i < values.size(); ++i) {
      const double level = span > 0 ? (values[i] - *least) / span * 7 : 0;
      const auto index = static_cast<size_t>(std::clamp(std::isfinite(level) ? level : 0.0, 0.0, 7.0));
      bar += paint_.unicode() ? std::string(bars[index]) : std::string(1, ascii[index]);
    }
    return clipped(name + "  " + bar + "  " + range, options_.width) + "\n";
  }

  static std::string plain_text(double value) { return cell_text(plain_number(value)); }

  TextOptions options_;
  Paint paint_;
};

}  // namespace

std::string render_text(const Document& document, const TextOptions& options) {
  TextOptions usable = options;
  usable.width = std::max(options.width, kLeastWidth);
  const Renderer renderer(usable);
  std::string out;
  const Block* previous = nullptr;
  for (const Block& block : document.blocks) {
    const bool notes = previous && std::holds_alternative<Note>(*previous) && std::holds_alternative<Note>(block);
    if (previous && !notes) out += "\n";
    out += std::visit(renderer, block);
    previous = &block;
  }
  return out;
}

}  // namespace pestle::report
