#include "flows/front.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

namespace pestle::flows {
namespace {

ExploreRow row(const char* mode, size_t bytes, double top1, double ms) {
  ExploreRow made;
  made.mode = mode;
  made.bytes = bytes;
  made.top1 = top1;
  made.agreement = std::min(1.0, top1 + 0.1);  // float and quantized models err alike more often than not
  made.times_smaller = 1000.0 / static_cast<double>(bytes);
  made.latency.median_ms = ms;
  return made;
}

TEST_CASE("a row is dominated by one that is nowhere worse and somewhere better") {
  std::vector<ExploreRow> rows = {row("float32", 1000, 0.90, 2.0), row("dynamic", 250, 0.90, 1.5),
                                  row("int8", 250, 0.89, 1.0)};
  mark_dominated(rows);
  CHECK(rows[0].dominated_by == "dynamic");
  CHECK(rows[0].dominated_why == "dynamic is 4.00 times smaller and 1.3 times faster");
  CHECK(rows[1].dominated_by.empty());
  CHECK(rows[2].dominated_by.empty());  // less accurate, but faster
}

TEST_CASE("what a dominated row has better in the table is said") {
  std::vector<ExploreRow> rows = {row("float16", 500, 0.89, 1.0), row("dynamic", 250, 0.90, 1.0)};
  rows[0].logits_centred_sqnr_db = 70;
  rows[1].logits_centred_sqnr_db = 37.5;
  mark_dominated(rows);
  CHECK(rows[0].dominated_why ==
        "dynamic is 2.00 times smaller and 1.00 points of top-1 better and 1.00 points of agreement better, though its "
        "SQNR is 32.5 dB lower");
}

TEST_CASE("equal rows do not dominate each other, nor do failed ones") {
  std::vector<ExploreRow> rows = {row("int8", 250, 0.9, 1.00), row("full-int8", 252, 0.9, 1.05),
                                  row("dynamic", 100, 0.99, 0.1)};
  rows[2].failure = "it cannot be had";
  mark_dominated(rows);
  for (const ExploreRow& each : rows) CHECK(each.dominated_by.empty());
}

TEST_CASE("recommends the smallest that keeps the accuracy, of equal ones the fastest") {
  std::vector<ExploreRow> rows = {row("float32", 1000, 0.900, 2.0), row("float16", 500, 0.900, 2.0),
                                  row("dynamic", 255, 0.899, 1.5), row("int8", 250, 0.895, 1.0),
                                  row("int4", 130, 0.800, 1.0)};
  CHECK(recommend(rows, 0.9) ==
        "take int8: 4.0 times smaller than float32 and 2.0 times faster; it loses 0.5 points of top-1 (89.5 % of 90.0 "
        "%)");
  CHECK(rows[3].recommended);
  CHECK_FALSE(rows[2].recommended);
}

TEST_CASE("of equally small and fast rows the one nearest to the float model is recommended") {
  std::vector<ExploreRow> rows = {row("float32", 1000, 0.9, 2.0), row("int8", 250, 0.9, 1.0),
                                  row("full-int8", 250, 0.9, 1.0)};
  rows[1].logits_centred_sqnr_db = 20;
  rows[2].logits_centred_sqnr_db = 21;
  recommend(rows, 0.9);
  CHECK(rows[2].recommended);
}

TEST_CASE("says so when no mode keeps the accuracy") {
  std::vector<ExploreRow> rows = {row("float32", 1000, 0.9, 2.0), row("int8", 250, 0.5, 1.0),
                                  row("int16x8", 250, 0.7, 1.0)};
  CHECK(recommend(rows, 0.9).starts_with("no mode keeps the accuracy; int16x8 comes nearest"));
  CHECK(rows[2].recommended);
}

TEST_CASE("labels that do not fit do not make a ruined model look good") {
  std::vector<ExploreRow> rows = {row("float32", 1000, 0.016, 2.0), row("int8", 250, 0.016, 1.0),
                                  row("full-int8", 200, 0.016, 1.0)};
  rows[1].agreement = 0.95;
  rows[2].agreement = 0.57;
  recommend(rows, 0.016);
  CHECK(rows[1].recommended);
  CHECK_FALSE(rows[2].recommended);
}

TEST_CASE("without labels agreement is what counts") {
  std::vector<ExploreRow> rows = {row("int8", 250, 0.99, 1.0), row("full-int8", 100, 0.97, 1.0)};
  for (ExploreRow& each : rows) each.agreement = std::exchange(each.top1, std::nullopt);
  recommend(rows, std::nullopt);
  CHECK(rows[0].recommended);
}

TEST_CASE("without class scores the SQNR is what counts") {
  std::vector<ExploreRow> rows = {row("float16", 500, 0.9, 2.0), row("dynamic", 255, 0.9, 1.5),
                                  row("int8", 250, 0.9, 1.0)};
  const double decibels[] = {70, 24, 12};
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].top1.reset();
    rows[i].agreement.reset();
    rows[i].logits_centred_sqnr_db = decibels[i];
  }
  mark_dominated(rows);
  for (const ExploreRow& each : rows) CHECK(each.dominated_by.empty());
  CHECK(recommend(rows, {}).ends_with("it is as near to the float model as an SQNR of 24.0 dB"));
  CHECK(rows[1].recommended);
}

}  // namespace
}  // namespace pestle::flows
