#include "report/html.h"

#include <doctest/doctest.h>

#include <cmath>

#include "report/json.h"
#include "report/svg.h"

namespace rp = pestle::report;
using rp::Mark;

namespace {

const std::string kHostile = "<script>alert(\"x\" & 'y')</script>\x1b";
const std::string kHarmless = "&lt;script&gt;alert(&quot;x&quot; &amp; &#39;y&#39;)&lt;/script&gt;\xEF\xBF\xBD";

rp::Document hostile_document() {
  rp::Plot plot{.title = kHostile, .x = {kHostile, kHostile}, .y = {kHostile}, .series = {}};
  plot.series = {{kHostile, {{1, 2, kHostile}, {NAN, 2, kHostile}, {INFINITY, 1}, {1e308, -1e308}}}, {"b", {}}};
  rp::Plot line = plot;
  line.kind = rp::PlotKind::kLine;
  return {kHostile,
          {rp::Heading{kHostile}, rp::Paragraph{kHostile}, rp::Facts{{{kHostile, rp::text_cell(kHostile)}}},
           rp::Table{{{kHostile, kHostile}}, {{{rp::text_cell(kHostile)}}}, kHostile},
           rp::Tree{{{kHostile, kHostile, Mark::kBest, {{kHostile}}}}}, plot, line,
           rp::Note{rp::NoteKind::kWarning, kHostile}}};
}

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("text of every block is escaped") {
  CHECK(rp::escape_html(kHostile) == kHarmless);
  const std::string page = rp::render_html(hostile_document());
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("alert(\"") == std::string::npos);
  CHECK(page.find('\x1b') == std::string::npos);
  CHECK(count(page, "&lt;script&gt;") > 15);
}

TEST_CASE("a page needs nothing from outside and draws no impossible number") {
  const std::string page = rp::render_html(hostile_document());
  for (const char* outside : {"http", "src=", "href=", "url(", "@import", "\"nan\"", "\"inf\"", "nan,", "inf,"}) {
    CHECK_MESSAGE(page.find(outside) == std::string::npos, outside);
  }
}

TEST_CASE("tags are closed") {
  const std::string page = rp::render_html(hostile_document());
  for (const std::string tag :
       {"table", "tr", "td", "th", "ul", "li", "dl", "p", "figure", "svg", "g", "text", "span", "circle"}) {
    const size_t opened = count(page, "<" + tag + ">") + count(page, "<" + tag + " ");
    CHECK_MESSAGE(opened == count(page, "</" + tag + ">"), tag);
  }
}

TEST_CASE("a table keeps units, alignment and marks") {
  const rp::Table table{{{"mode"}, {"size"}}, {{{rp::text_cell("int8"), rp::bytes_cell(4837216)}, Mark::kBest}}};
  const std::string page = rp::render_html({"t", {table}});
  CHECK(page.find("<th>mode</th><th class=\"right\">size [bytes]</th>") != std::string::npos);
  CHECK(
      page.find(
          "<tr class=\"best\"><td>int8<span class=\"sign\">best</span></td><td class=\"right\">4,837,216</td></tr>") !=
      std::string::npos);
}

TEST_CASE("labels that would cover each other move aside, dominated ones give way") {
  rp::Plot plot{.title = "front", .x = {"size", "bytes"}, .y = {"top-1", "%"}, .series = {{"modes", {}}}};
  for (int i = 0; i < 8; ++i) plot.series[0].points.push_back({1e6, 70, "dominated", Mark::kDominated});
  plot.series[0].points.push_back({4e6, 72, "best", Mark::kBest});
  const std::string svg = rp::render_svg(plot);
  CHECK(count(svg, "class=\"label quiet\"") == 2);  // right and above; the axes lie to the left and below
  CHECK(count(svg, ">best</text>") == 1);
  CHECK(count(svg, "<circle") == 9);
}

TEST_CASE("ticks are round and cover the range") {
  CHECK(rp::round_ticks(0, 10, 5) == std::vector<double>{0, 2, 4, 6, 8, 10});
  CHECK(rp::round_ticks(-0.9, 2.1, 3) == std::vector<double>{0, 1, 2});
  CHECK(rp::round_ticks(3, 3, 5).empty());
  CHECK(rp::round_ticks(0, INFINITY, 5).empty());
  CHECK(rp::round_ticks(1e300, 1.0000000000000002e300, 5).empty());
}

TEST_CASE("a document as JSON keeps values plain and marks only where they are") {
  const rp::Table table{{{"mode"}, {"top-1"}},
                        {{{rp::text_cell("int8"), rp::marked(rp::percent_cell(0.5), Mark::kBest)}, Mark::kBest}}};
  CHECK(print_json(rp::to_json({"t", {table}}), pestle::JsonStyle::kCompact) ==
        R"({"title":"t","blocks":[{"kind":"table","caption":"","columns":[{"title":"mode","unit":""},)"
        R"({"title":"top-1","unit":""}],"rows":[{"cells":["int8",{"value":0.5,"mark":"best"}],"mark":"best"}]}]})");
}
