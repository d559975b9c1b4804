#include "report/text.h"

#include <doctest/doctest.h>

#include <sstream>

#include "report/numbers.h"
#include "report/width.h"

namespace rp = pestle::report;
using rp::Mark;

namespace {

rp::Table mode_table() {
  return {.columns = {{"mode"}, {"size"}, {"top-1"}, {"median"}, {"why", "", rp::Align::kAuto, rp::Overflow::kWrap}},
          .rows = {{{rp::text_cell("float32"), rp::bytes_cell(18809204), rp::percent_cell(0.7188),
                     rp::milliseconds_cell(8.412), rp::text_cell("the source")},
                    Mark::kDominated},
                   {{rp::text_cell("full-int8"), rp::bytes_cell(4837216),
                     rp::marked(rp::percent_cell(0.71), Mark::kWarning), rp::milliseconds_cell(3.02)},
                    Mark::kBest}}};
}

rp::Document everything() {
  rp::Plot front{.title = "size and accuracy", .x = {"size", "bytes"}, .y = {"top-1", "%"}, .series = {}};
  front.series.push_back({"modes", {{4837216, 71.0, "int8 层", Mark::kBest}, {18809204, 71.9, "float32"}}});
  rp::Plot loss{.title = "loss", .kind = rp::PlotKind::kLine, .x = {"step"}, .y = {"loss"}, .series = {}};
  loss.series.push_back({"train", {}});
  for (int i = 0; i < 200; ++i) loss.series[0].points.push_back({double(i), 5.0 / (1 + i)});
  rp::TreeNode deep{"leaf with quite a long name", "int8[1,224,224,3]"};
  for (int i = 0; i < 30; ++i) deep = {.label = "level", .children = {deep, {"sibling", "x"}}};
  return {"all",
          {rp::Heading{"MobileNet a heading that is long enough to be cut"},
           rp::Paragraph{"Some words that go on for longer than the narrowest width allows."},
           rp::Facts{{{"format", rp::text_cell("tflite")}, {"size", rp::bytes_cell(18809204)}}}, mode_table(),
           rp::Tree{{deep}}, front, loss, rp::Note{rp::NoteKind::kWarning, "2 of 100 samples did not decode"},
           rp::Note{rp::NoteKind::kNote, "日本語のとても長い名前はここで折り返されます"}}};
}

}  // namespace

TEST_CASE("numbers read as people write them") {
  CHECK(rp::format_count(18809204) == "18,809,204");
  CHECK(rp::format_count(-1000) == "-1,000");
  CHECK(rp::format_count(999) == "999");
  CHECK(rp::format_count(INT64_MIN) == "-9,223,372,036,854,775,808");
  CHECK(rp::format_bytes(1) == "1 byte");
  CHECK(rp::format_bytes(18809204) == "18,809,204 bytes");
  CHECK(rp::format_size(18809204) == "18.8 MB");
  CHECK(rp::format_size(999960) == "1.0 MB");
  CHECK(rp::format_number(1234.5, 2) == "1,234.50");
  CHECK(rp::format_number(-0.001, 2) == "0.00");
  CHECK(rp::format_number(1e308, 0).size() == 309 + 102);
  CHECK(rp::format_milliseconds(0.01234) == "0.0123");
  CHECK(rp::format_milliseconds(1234.4) == "1,234");
  CHECK(rp::format_duration(0.85) == "850 ms");
  CHECK(rp::format_duration(12.34) == "12.3 s");
  CHECK(rp::format_duration(245) == "4 min 05 s");
  CHECK(rp::format_duration(7620) == "2 h 07 min");
}

TEST_CASE("a table aligns numbers to the right, marks rows and cells, and explains the marks") {
  const std::string text = rp::render_text({"", {mode_table()}}, {});
  CHECK(text ==
        "  mode       size [bytes]   top-1    median [ms]  why\n"
        "────────────────────────────────────────────────────────────\n"
        "- float32      18,809,204  71.88%           8.41  the source\n"
        "* full-int8     4,837,216  71.00% !         3.02\n"
        "* best   - dominated   ! warning\n");
}

TEST_CASE("a tree shows its branches") {
  const rp::Tree tree{
      {{"model", "2 graphs", Mark::kNone, {{"main", "", Mark::kNone, {{"conv"}}}, {"loop", "", Mark::kWarning}}}}};
  CHECK(rp::render_text({"", {tree}}, {}) == "model  2 graphs\n├─ main\n│  └─ conv\n└─ loop !\n");
  CHECK(rp::render_text({"", {tree}}, {.glyphs = rp::Glyphs::kAscii}) ==
        "model  2 graphs\n|- main\n|  `- conv\n`- loop !\n");
}

TEST_CASE("facts are aligned and notes stand together") {
  const rp::Document document{"",
                              {rp::Facts{{{"file", rp::text_cell("a.tflite")}, {"bytes", rp::bytes_cell(4837216)}}},
                               rp::Note{rp::NoteKind::kWarning, "one"}, rp::Note{rp::NoteKind::kNote, "two"}}};
  CHECK(rp::render_text(document, {}) == "file   a.tflite\nbytes  4,837,216 bytes\n\nwarning: one\nnote: two\n");
}

TEST_CASE("no line is wider than the width, whatever the width") {
  for (const rp::Glyphs glyphs : {rp::Glyphs::kUnicode, rp::Glyphs::kAscii}) {
    for (int width = 20; width <= 130; ++width) {
      std::istringstream lines(rp::render_text(everything(), {.width = width, .glyphs = glyphs}));
      for (std::string line; std::getline(lines, line);) {
        REQUIRE_MESSAGE(rp::display_width(line) <= width, "width ", width, ": ", line);
      }
    }
  }
}

TEST_CASE("colour changes nothing but the escape sequences") {
  std::string coloured = rp::render_text(everything(), {.colour = rp::Colour::kOn});
  CHECK(coloured.find("\033[1m") != std::string::npos);
  for (size_t at; (at = coloured.find('\033')) != std::string::npos;) {
    coloured.erase(at, coloured.find('m', at) - at + 1);
  }
  CHECK(coloured == rp::render_text(everything(), {}));
}

TEST_CASE("wide characters take two columns and combining marks none") {
  CHECK(rp::display_width("層") == 2);
  CHECK(rp::display_width("e\xCC\x81") == 1);
  CHECK(rp::display_width("😀") == 2);
  CHECK(rp::display_width("…─├") == 3);
  CHECK(rp::shorten_middle("block_1/conv/kernel", 11, "…") == "block…ernel");
  CHECK(rp::shorten_middle("層層層層層", 7, "…") == "層…層層");
  CHECK(rp::shorten_middle("abcdef", 1, "…") == "a");
  CHECK(rp::wrap("層層層 b", 4) == std::vector<std::string>{"層層", "層 b"});
}

TEST_CASE("names from files cannot steer the terminal") {
  const rp::Document document{"", {rp::Paragraph{"a\033[31mb\x07\xC2\x9B\xE2\x80\xAE\nc\xFF"}}};
  CHECK(rp::render_text(document, {}) == "a\xEF\xBF\xBD[31mb\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD c\xEF\xBF\xBD\n");
}
