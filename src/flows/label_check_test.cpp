#include "flows/label_check.h"

#include <doctest/doctest.h>

#include <vector>

namespace pestle::flows {
namespace {

// A model that is sure of class `answer_of(label)` of `classes`, asked about labels 0 to `count` - 1 in turn.
template <typename Answer>
std::string doubt(size_t classes, int64_t count, Answer answer_of, int64_t offset = 0) {
  LabelCheck check;
  for (int64_t i = 0; i < 100; ++i) {
    std::vector<float> scores(classes, 0.0f);
    scores[static_cast<size_t>(answer_of(i % count)) % classes] = 1.0f;
    check.add(scores, i % count);
  }
  return check.doubt(offset).value_or("");
}

TEST_CASE("labels that fit raise no doubt") {
  CHECK(doubt(10, 10, [](int64_t label) { return label; }).empty());
  CHECK(doubt(2, 2, [](int64_t label) { return label; }).empty());
  CHECK(doubt(10, 3, [](int64_t label) { return label; }).empty());
}

TEST_CASE("labels that are shifted by one are told so, with what the right offset gives") {
  CHECK(doubt(11, 10, [](int64_t label) { return label + 1; }) ==
        "the labels look shifted (11 outputs, labels up to 9): --label-offset 1 gives top-1 100.0 % instead of 0.0 %");
  CHECK(doubt(
            11, 10, [](int64_t label) { return label + 1; }, 1)
            .find("--label-offset 2 ") != std::string::npos);
  CHECK(doubt(10, 11, [](int64_t label) { return label + 9; }).find("--label-offset -1 ") != std::string::npos);
}

TEST_CASE("a small gain is believed where the number of outputs says the same") {
  const auto poor = [](int64_t label) { return label % 4 == 0 ? label + 1 : 0; };
  CHECK(doubt(41, 40, poor).find("--label-offset 1 ") != std::string::npos);
}

TEST_CASE("labels that are shifted by two are told so") {
  CHECK(doubt(12, 10, [](int64_t label) { return label + 2; }).find("--label-offset 2 gives top-1 100.0 %") !=
        std::string::npos);
}

TEST_CASE("with 100 samples a score below thrice chance is doubted, with what other offsets would give") {
  const auto sometimes = [](int64_t label) { return label % 4 == 0 ? label : (label * 7 + 13) % 50; };
  CHECK(doubt(20, 20, sometimes).empty());
  const std::string text = doubt(50, 50, [](int64_t label) { return label % 25 == 0 ? label : 49 - label % 2; });
  CHECK_MESSAGE(text.find("near chance (2.0 % of 50 classes): check --preprocess, --labels and --label-offset (-2 "
                          "gives ") != std::string::npos,
                text);
  CHECK(text.find(", 2 gives ") != std::string::npos);
}

TEST_CASE("labels beyond the outputs and scores near chance are doubted") {
  CHECK(doubt(10, 20, [](int64_t label) { return label; }).find("labels go up to 19") == 0);
  CHECK(doubt(10, 10, [](int64_t) { return 5; }).find("near chance") != std::string::npos);
  CHECK(doubt(2, 2, [](int64_t) { return 1; }).find("near chance") != std::string::npos);
}

TEST_CASE("few samples are said with the uncertainty of the score, many are not") {
  CHECK(few_samples("top-1", 0.5, 20) == "only 20 samples: top-1 is 50.0 % +- 20.1");
  CHECK(few_samples("agreement", 1.0, 10) == "only 10 samples: agreement is 100.0 % +- 13.9");
  CHECK_FALSE(few_samples("top-1", 0.5, 50));
}

}  // namespace
}  // namespace pestle::flows
