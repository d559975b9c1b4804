// What a command has to say, before anybody decides how it looks: a list of blocks that text.h, html.h and json.h
// render. Numbers stay numbers until then. Text may hold anything (names come from files); renderers make it safe.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace pestle::report {

enum class Mark { kNone, kBest, kDominated, kWarning };
inline constexpr int kMarkCount = 4;
const char* mark_name(Mark mark);

enum class CellKind { kEmpty, kText, kNumber, kCount, kBytes, kPercent, kMilliseconds };

struct Cell {
  CellKind kind = CellKind::kEmpty;
  std::string text;     // kText
  double number = 0;    // kNumber, kPercent (a fraction: 0.5 prints as 50%), kMilliseconds
  int64_t integer = 0;  // kCount, kBytes
  int decimals = 2;     // of kNumber, kPercent
  Mark mark = Mark::kNone;
};

Cell empty_cell();
Cell text_cell(std::string text);
Cell number_cell(double value, int decimals);
Cell count_cell(int64_t count);
Cell bytes_cell(int64_t bytes);
Cell percent_cell(double fraction, int decimals = 2);
Cell milliseconds_cell(double milliseconds);
Cell marked(Cell cell, Mark mark);
// What the cell shows, without mark and unit.
std::string cell_text(const Cell& cell);

enum class Align { kAuto, kLeft, kRight };  // kAuto: numbers to the right, text to the left
enum class Overflow { kShorten, kWrap };    // names lose their middle, sentences continue on the next line

struct Column {
  std::string title;
  std::string unit = {};  // "bytes", "ms"; shown beside the title
  Align align = Align::kAuto;
  Overflow overflow = Overflow::kShorten;
};

struct Row {
  std::vector<Cell> cells;  // missing ones at the end are empty
  Mark mark = Mark::kNone;
};

struct Table {
  std::vector<Column> columns;
  std::vector<Row> rows;
  std::string caption = {};
};

struct TreeNode {
  std::string label;
  std::string detail = {};  // beside the label, quieter
  Mark mark = Mark::kNone;
  std::vector<TreeNode> children = {};
};

struct Axis {
  std::string title;
  std::string unit = {};
};

struct Point {
  double x = 0;
  double y = 0;
  std::string label = {};
  Mark mark = Mark::kNone;
};

struct Series {
  std::string name;
  std::vector<Point> points;
};

enum class PlotKind { kScatter, kLine };

struct Plot {
  std::string title;
  PlotKind kind = PlotKind::kScatter;
  Axis x;
  Axis y;
  std::vector<Series> series;
};

struct Heading {
  std::string text;
  int level = 1;  // 1 to 3
};
struct Paragraph {
  std::string text;
};
// Names and values of one thing, aligned: what a model is, what was written.
struct Facts {
  std::vector<std::pair<std::string, Cell>> items;
};
struct Tree {
  std::vector<TreeNode> roots;
};
enum class NoteKind { kNote, kWarning };
struct Note {
  NoteKind kind = NoteKind::kNote;
  std::string text;
};

using Block = std::variant<Heading, Paragraph, Facts, Table, Tree, Plot, Note>;

struct Document {
  std::string title;  // of the page; terminals do not show it
  std::vector<Block> blocks;
};

}  // namespace pestle::report
