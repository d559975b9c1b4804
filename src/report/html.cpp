#include "report/html.h"

#include <algorithm>

#include "report/numbers.h"
#include "report/svg.h"
#include "report/text_table.h"
#include "report/width.h"

namespace pestle::report {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --text: #1c1e21; --quiet: #6a6f76; --line: #dcdfe3; --page: #ffffff;
  --best: #1a7f4b; --warning: #a35a00; --c0: #2563a8; --c1: #b5502a; --c2: #4d7c33; --c3: #7d4aa0; --c4: #8a6d1f; --c5: #2b7f86; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e6e9; --quiet: #969ca5; --line: #363a40; --page: #17191c;
  --best: #5cc98f; --warning: #e6a85a; --c0: #7fb2ea; --c1: #eb9a78; --c2: #9ccc7c; --c3: #c79be6; --c4: #d8bb69; --c5: #76c9cf; } }
body { margin: 2.5rem auto; max-width: 60rem; padding: 0 1.25rem; background: var(--page); color: var(--text);
  font: 15px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.2rem; } h3 { font-size: 1rem; margin-top: 1.6rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 1rem 0; }
caption { text-align: left; font-weight: 600; padding-bottom: .4rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem 1.2rem .3rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: 600; white-space: nowrap; } .right { text-align: right; white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.5rem; } dt { color: var(--quiet); } dd { margin: 0; }
td.best, tr.best td, span.best { color: var(--best); font-weight: 600; } td.warning, tr.warning td, span.warning { color: var(--warning); }
td.dominated, tr.dominated td, span.dominated { color: var(--quiet); }
.sign { font-size: .8em; margin-left: .4em; }
.tree, .tree ul { list-style: none; padding-left: 1.1rem; } .tree ul { border-left: 1px solid var(--line); } .tree { padding-left: 0; }
.detail { color: var(--quiet); margin-left: .8em; }
.note { border-left: 3px solid var(--line); padding: .1rem .9rem; } .note.warning { border-color: var(--warning); }
figure { margin: 1.5rem 0; } figcaption { font-weight: 600; } svg { width: 100%; height: auto; }
.grid { stroke: var(--line); } text { fill: var(--text); font-size: 12px; } .tick, .quiet { fill: var(--quiet); } .axis { font-size: 13px; }
circle { fill: currentColor; } circle.dominated { fill-opacity: .35; } circle.best { stroke: var(--best); stroke-width: 3; } circle.warning { stroke: var(--warning); stroke-width: 3; }
polyline { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; }
.s0 { color: var(--c0); } .s1 { color: var(--c1); } .s2 { color: var(--c2); } .s3 { color: var(--c3); } .s4 { color: var(--c4); } .s5 { color: var(--c5); }
.legend span { margin-right: 1.2rem; } .legend .swatch { display: inline-block; width: .7em; height: .7em; margin-right: .4em; border-radius: 50%; background: currentColor; }
)";

// A word as well as a colour, for those who cannot tell colours apart.
std::string sign(Mark mark) {
  if (mark == Mark::kNone) return {};
  return std::string("<span class=\"sign\">") + mark_name(mark) + "</span>";
}

std::string class_attribute(bool right, Mark mark) {
  std::string classes = right ? "right" : "";
  if (mark != Mark::kNone) classes += (classes.empty() ? "" : " ") + std::string(mark_name(mark));
  return classes.empty() ? "" : " class=\"" + classes + "\"";
}

std::string fact_text(const Cell& cell) {
  if (cell.kind == CellKind::kBytes) return format_bytes(cell.integer);
  return cell_text(cell) + (cell.kind == CellKind::kMilliseconds ? " ms" : "");
}

std::string node_html(const TreeNode& node) {
  std::string out = "<li><span" + class_attribute(false, node.mark) + ">" + escape_html(node.label) + "</span>";
  out += sign(node.mark);
  if (!node.detail.empty()) out += "<span class=\"detail\">" + escape_html(node.detail) + "</span>";
  if (!node.children.empty()) {
    out += "\n<ul>\n";
    for (const TreeNode& child : node.children) out += node_html(child);
    out += "</ul>";
  }
  return out + "</li>\n";
}

struct BlockHtml {
  std::string operator()(const Heading& heading) const {
    // The page's title is the only h1.
    const std::string tag = "h" + std::to_string(std::clamp(heading.level, 1, 3) + 1);
    return "<" + tag + ">" + escape_html(heading.text) + "</" + tag + ">\n";
  }
  std::string operator()(const Paragraph& paragraph) const { return "<p>" + escape_html(paragraph.text) + "</p>\n"; }
  std::string operator()(const Facts& facts) const {
    std::string out = "<dl>\n";
    for (const auto& [name, cell] : facts.items) {
      out += "<dt>" + escape_html(name) + "</dt><dd><span" + class_attribute(false, cell.mark) + ">" +
             escape_html(fact_text(cell)) + "</span>" + sign(cell.mark) + "</dd>\n";
    }
    return out + "</dl>\n";
  }
  std::string operator()(const Table& table) const {
    std::string out = "<div class=\"scroll\"><table>\n";
    if (!table.caption.empty()) out += "<caption>" + escape_html(table.caption) + "</caption>\n";
    std::vector<bool> right;
    out += "<thead><tr>";
    for (size_t c = 0; c < table.columns.size(); ++c) {
      right.push_back(is_right_aligned(table, c));
      out += "<th" + class_attribute(right[c], Mark::kNone) + ">" + escape_html(column_heading(table, c)) + "</th>";
    }
    out += "</tr></thead>\n<tbody>\n";
    for (const Row& row : table.rows) out += row_html(row, right);
    return out + "</tbody></table></div>\n";
  }
  std::string operator()(const Tree& tree) const {
    std::string out = "<ul class=\"tree\">\n";
    for (const TreeNode& root : tree.roots) out += node_html(root);
    return out + "</ul>\n";
  }
  std::string operator()(const Plot& plot) const {
    std::string out = "<figure><figcaption>" + escape_html(plot.title) + "</figcaption>\n" + render_svg(plot);
    if (plot.series.size() > 1) {
      out += "<p class=\"legend\">";
      for (size_t i = 0; i < plot.series.size(); ++i) {
        out += "<span><i class=\"swatch s" + std::to_string(i % 6) + "\"></i>" + escape_html(plot.series[i].name) +
               "</span>";
      }
      out += "</p>\n";
    }
    return out + "</figure>\n";
  }
  std::string operator()(const Note& note) const {
    const bool warns = note.kind == NoteKind::kWarning;
    return std::string("<p class=\"note") + (warns ? " warning\"><strong>Warning:</strong> " : "\">") +
           escape_html(note.text) + "</p>\n";
  }

 private:
  static std::string row_html(const Row& row, const std::vector<bool>& right) {
    std::string out = "<tr" + class_attribute(false, row.mark) + ">";
    for (size_t c = 0; c < right.size(); ++c) {
      const Cell cell = c < row.cells.size() ? row.cells[c] : Cell();
      out += "<td" + class_attribute(right[c], cell.mark) + ">" + escape_html(cell_text(cell)) + sign(cell.mark);
      out += (c == 0 ? sign(row.mark) : "") + "</td>";
    }
    return out + "</tr>\n";
  }
};

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string render_html(const Document& document) {
  const std::string title = escape_html(document.title);
  std::string out = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" + title + "</title>\n";
  out += "<style>" + std::string(kStyle) + "</style>\n</head>\n<body>\n<h1>" + title + "</h1>\n";
  for (const Block& block : document.blocks) out += std::visit(BlockHtml(), block);
  return out + "</body>\n</html>\n";
}

}  // namespace pestle::report
