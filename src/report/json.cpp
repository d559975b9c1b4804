#include "report/json.h"

namespace pestle::report {
namespace {

Json value_of(const Cell& cell) {
  switch (cell.kind) {
    case CellKind::kEmpty: return nullptr;
    case CellKind::kText: return cell.text;
    case CellKind::kCount:
    case CellKind::kBytes: return cell.integer;
    case CellKind::kNumber:
    case CellKind::kPercent:
    case CellKind::kMilliseconds: return cell.number;
  }
  return nullptr;
}

void add_mark(Json& object, Mark mark) {
  if (mark != Mark::kNone) object.set("mark", mark_name(mark));
}

// A plain value, or an object where the cell carries a mark.
Json cell_json(const Cell& cell) {
  if (cell.mark == Mark::kNone) return value_of(cell);
  Json json;
  json.set("value", value_of(cell));
  add_mark(json, cell.mark);
  return json;
}

Json node_json(const TreeNode& node) {
  Json json;
  json.set("label", node.label);
  if (!node.detail.empty()) json.set("detail", node.detail);
  add_mark(json, node.mark);
  if (node.children.empty()) return json;
  Json children = Json::array();
  for (const TreeNode& child : node.children) children.push(node_json(child));
  return json.set("children", std::move(children));
}

Json axis_json(const Axis& axis) { return Json().set("title", axis.title).set("unit", axis.unit); }

Json series_json(const Series& series) {
  Json points = Json::array();
  for (const Point& point : series.points) {
    Json json;
    json.set("x", point.x).set("y", point.y);
    if (!point.label.empty()) json.set("label", point.label);
    add_mark(json, point.mark);
    points.push(std::move(json));
  }
  return Json().set("name", series.name).set("points", std::move(points));
}

struct BlockJson {
  Json operator()(const Heading& heading) const {
    return Json().set("kind", "heading").set("level", heading.level).set("text", heading.text);
  }
  Json operator()(const Paragraph& paragraph) const {
    return Json().set("kind", "paragraph").set("text", paragraph.text);
  }
  Json operator()(const Facts& facts) const {
    Json items = Json::array();
    for (const auto& [name, cell] : facts.items) {
      items.push(Json().set("name", name).set("value", value_of(cell)));
    }
    return Json().set("kind", "facts").set("items", std::move(items));
  }
  Json operator()(const Table& table) const {
    Json columns = Json::array();
    for (const Column& column : table.columns) {
      columns.push(Json().set("title", column.title).set("unit", column.unit));
    }
    Json rows = Json::array();
    for (const Row& row : table.rows) {
      Json cells = Json::array();
      for (const Cell& cell : row.cells) cells.push(cell_json(cell));
      Json json;
      json.set("cells", std::move(cells));
      add_mark(json, row.mark);
      rows.push(std::move(json));
    }
    Json json;
    json.set("kind", "table").set("caption", table.caption);
    return json.set("columns", std::move(columns)).set("rows", std::move(rows));
  }
  Json operator()(const Tree& tree) const {
    Json roots = Json::array();
    for (const TreeNode& root : tree.roots) roots.push(node_json(root));
    return Json().set("kind", "tree").set("roots", std::move(roots));
  }
  Json operator()(const Plot& plot) const {
    Json series = Json::array();
    for (const Series& one : plot.series) series.push(series_json(one));
    Json json;
    json.set("kind", plot.kind == PlotKind::kScatter ? "scatter" : "line").set("title", plot.title);
    return json.set("x", axis_json(plot.x)).set("y", axis_json(plot.y)).set("series", std::move(series));
  }
  Json operator()(const Note& note) const {
    return Json().set("kind", note.kind == NoteKind::kWarning ? "warning" : "note").set("text", note.text);
  }
};

}  // namespace

Json to_json(const Document& document) {
  Json blocks = Json::array();
  for (const Block& block : document.blocks) blocks.push(std::visit(BlockJson(), block));
  return Json().set("title", document.title).set("blocks", std::move(blocks));
}

}  // namespace pestle::report
