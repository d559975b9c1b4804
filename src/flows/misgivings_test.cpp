#include "flows/misgivings.h"

#include <doctest/doctest.h>

namespace pestle::flows {
namespace {

Judgement good_judgement() {
  Judgement judgement;
  judgement.samples = 100;
  judgement.agreement = Share{0.95, 0.04};
  judgement.sqnr_db = judgement.worst_sqnr_db = 20;
  judgement.worst_output = "scores";
  judgement.labelled = 100;
  judgement.float_top1 = Share{0.70, 0.09};
  judgement.top1 = Share{0.68, 0.09};
  return judgement;
}

FloatBehaviour good_behaviour() {
  FloatBehaviour behaviour;
  behaviour.samples = 100;
  behaviour.classes = 10;
  behaviour.answers = behaviour.labels = 8;
  behaviour.variation = 0.9;
  behaviour.top1 = Share{0.70, 0.09};
  return behaviour;
}

bool holds(const std::optional<std::string>& text, const char* part) {
  return text && text->find(part) != std::string::npos;
}

TEST_CASE("a good result has no sign of collapse") {
  CHECK(signs_of_collapse(good_judgement(), good_behaviour()).empty());
}

TEST_CASE("an error with a tenth of the signal's power is a collapse, whichever output has it") {
  Judgement judgement = good_judgement();
  judgement.worst_sqnr_db = 1.5;
  const auto signs = signs_of_collapse(judgement, good_behaviour());
  REQUIRE(signs.size() == 1);
  CHECK(signs[0] == "output \"scores\" has an SQNR of 1.5 dB (below 10)");
}

TEST_CASE("an agreement counts where the output is a row of scores and few samples cannot explain it") {
  Judgement judgement = good_judgement();
  judgement.agreement = Share{0.70, 0.09};
  CHECK(signs_of_collapse(judgement, good_behaviour()).size() == 1);
  judgement.agreement = Share{0.70, 0.25};
  CHECK(signs_of_collapse(judgement, good_behaviour()).empty());
  judgement.agreement = Share{0.20, 0.05};
  FloatBehaviour map = good_behaviour();
  map.classes = 0;
  CHECK(signs_of_collapse(judgement, map).empty());
}

TEST_CASE("a loss of top-1 counts beyond its margin") {
  Judgement judgement = good_judgement();
  judgement.top1 = Share{0.55, 0.09};
  CHECK(signs_of_collapse(judgement, good_behaviour()).size() == 1);
  judgement.top1 = Share{0.63, 0.09};
  CHECK(signs_of_collapse(judgement, good_behaviour()).empty());
}

TEST_CASE("the warning names the worst layer and ways out that the mode allows") {
  LayerFindings found;
  found.layers.push_back({"x", "CONV_2D", 3.0});
  found.blame = Blame{0, "conv", "its weights have one scale", "-"};
  const std::string full = collapse_warning({"sign"}, found, {quant::find_mode("full-int8"), true, false});
  CHECK(full ==
        "the result is far from the float model: sign; most is lost at \"x\" (CONV_2D, 3.0 dB): its weights have one "
        "scale. Way out: leave out `per_tensor`; or let bias correction run (`refine` auto); or `mode` int8 with "
        "`keep_float` 'conv'; or `mode` int16x8; or pestle explore, which tries every mode");
  CHECK(collapse_warning({"sign"}, {}, {quant::find_mode("dynamic"), false, true}).find("`mode` float16") !=
        std::string::npos);
}

TEST_CASE("a float score near chance is doubted, a fair one is not") {
  FloatBehaviour behaviour = good_behaviour();
  CHECK_FALSE(doubtful_answers(behaviour));
  behaviour.top1 = Share{0.12, 0.06};
  CHECK(holds(doubtful_answers(behaviour), "`label_offset`"));
  behaviour.top1 = Share{0.30, 0.09};
  CHECK_FALSE(doubtful_answers(behaviour));
}

TEST_CASE("an output that is always the same is doubted, unless all labels are the same too") {
  FloatBehaviour behaviour = good_behaviour();
  behaviour.variation = 1e-5;
  CHECK(holds(doubtful_answers(behaviour), "hardly depends"));
  behaviour = good_behaviour();
  behaviour.answers = 1;
  CHECK(holds(doubtful_answers(behaviour), "same answer"));
  behaviour.labels = 1;
  CHECK_FALSE(doubtful_answers(behaviour));
}

TEST_CASE("samples of another range than the record's are named") {
  const Ends recorded{-1, 1};
  CHECK(holds(other_range_than_recorded("x", {0, 255}, recorded), "0..255"));
  CHECK(other_range_than_recorded("x", {0, 0.1}, recorded));
  CHECK_FALSE(other_range_than_recorded("x", {0, 1}, recorded));
  CHECK_FALSE(other_range_than_recorded("x", {-1, 1.05}, recorded));
}

TEST_CASE("a first layer at its upper limit is named") {
  CHECK(holds(saturated_layer("conv0", 0.36), "36 %"));
  CHECK_FALSE(saturated_layer("conv0", 0.12));
}

TEST_CASE("few samples are named with their number") {
  CHECK(holds(few_to_calibrate(5), "only 5 samples"));
  CHECK(holds(few_to_calibrate(1), "only 1 sample "));
  CHECK_FALSE(few_to_calibrate(kFewToCalibrate));
  CHECK_FALSE(few_to_calibrate(0));
  Judgement judgement = good_judgement();
  CHECK_FALSE(few_to_judge(judgement));
  judgement.samples = 4;
  judgement.agreement->margin = 0.33;
  CHECK(holds(few_to_judge(judgement), "33 points"));
}

}  // namespace
}  // namespace pestle::flows
