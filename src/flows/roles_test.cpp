#include "flows/roles.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <vector>

#include "base/file.h"
#include "codec/npy.h"
#include "codec/npz.h"

namespace pestle::flows {
namespace {

namespace fs = std::filesystem;

class Silent final : public ProgressSink {
 public:
  void update(std::string_view, int64_t, int64_t) override {}
  void note(std::string_view message) override { notes.emplace_back(message); }
  bool cancelled() const override { return false; }
  std::vector<std::string> notes;
};

// A model with one input of two numbers, and rows of data whose first number is their place.
class Scene {
 public:
  explicit Scene(int rows) : folder_(fs::temp_directory_path() / fmt::format("pestle_roles_{}", ::getpid())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    ir::Graph& graph = model.module.graphs.emplace_back();
    ir::Value& value = graph.values.emplace_back();
    value.name = "x";
    value.type.dtype = DType::kFloat32;
    value.type.shape = Shape{1, 2};
    graph.inputs.push_back(0);
    model.re_laid = {false};
    Tensor numbers(DType::kFloat32, Shape{rows, 2});
    for (int row = 0; row < rows; ++row) numbers.data<float>()[2 * row] = static_cast<float>(row);
    REQUIRE(write_file(file("x.npy"), *codec::write_npy(std::as_const(numbers).view())));
    request.data.path = file("x.npy");
  }
  ~Scene() { fs::remove_all(folder_); }
  std::string file(const std::string& name) const { return (folder_ / name).string(); }

  // labels.csv with a split for each row, and a label that is the row's place.
  void splits(int rows, const std::function<std::string(int)>& split_of) {
    std::string text = "index,label,split\n";
    for (int row = 0; row < rows; ++row) text += fmt::format("{},{},{}\n", row, row, split_of(row));
    REQUIRE(write_file(file("labels.csv"), std::as_bytes(std::span(text))));
    request.data.labels = file("labels.csv");
  }

  LoadedModel model;
  RoleRequest request;
  Silent progress;

 private:
  fs::path folder_;
};

std::vector<int64_t> labels(const Samples& samples) {
  std::vector<int64_t> found;
  for (size_t i = 0; i < samples.size(); ++i) found.push_back(samples.label(i).value_or(-1));
  return found;
}

bool all_of(const Samples& samples, const std::function<bool(int64_t)>& holds) {
  for (int64_t label : labels(samples)) {
    if (!holds(label)) return false;
  }
  return samples.size() > 0;
}

TEST_CASE("without splits odd rows score and even rows calibrate") {
  Scene scene(40);
  scene.splits(40, [](int) { return ""; });
  const auto roles = assign_roles(scene.request, scene.model, scene.progress);
  REQUIRE(roles);
  CHECK(roles->scoring->size() == 20);
  CHECK(all_of(*roles->scoring, [](int64_t row) { return row % 2 == 1; }));
  CHECK(all_of(*roles->calibrating, [](int64_t row) { return row % 2 == 0; }));
  CHECK(all_of(*roles->judging, [](int64_t row) { return row % 2 == 0; }));
  REQUIRE(roles->notes.size() == 1);
  CHECK(roles->notes[0].starts_with("4 samples, withheld from calibration, judge refinement"));
}

TEST_CASE("the label file's split decides who scores, whatever its usual name") {
  const std::vector<std::pair<std::string, std::string>> names = {
      {"calibration", "validation"}, {"train", "test"}, {"training", "val"}, {"calib", "holdout"}, {"rest", "test"}};
  for (const auto& [calibrating, scoring] : names) {
    CAPTURE(calibrating);
    Scene scene(40);
    scene.splits(40, [&, &calibrating = calibrating, &scoring = scoring](int row) {
      return row < 30 ? calibrating : scoring;
    });
    const auto roles = assign_roles(scene.request, scene.model, scene.progress);
    REQUIRE(roles);
    CHECK(roles->scoring->size() == 10);
    CHECK(all_of(*roles->scoring, [](int64_t row) { return row >= 30; }));
    CHECK(all_of(*roles->calibrating, [](int64_t row) { return row < 30; }));
    CHECK(roles->scored_on == "the split \"" + scoring + "\" of the label file");
  }
}

TEST_CASE("of several splits validation scores, and rows of no split do nothing") {
  Scene scene(60);
  scene.splits(60, [](int row) -> std::string {
    return row < 30 ? "train" : row < 40 ? "test" : row < 50 ? "validation" : "";
  });
  const auto roles = assign_roles(scene.request, scene.model, scene.progress);
  REQUIRE(roles);
  CHECK(all_of(*roles->scoring, [](int64_t row) { return row >= 40 && row < 50; }));
  CHECK(all_of(*roles->calibrating, [](int64_t row) { return row < 30; }));
}

TEST_CASE("splits whose names say nothing are said so, and odd rows score") {
  Scene scene(40);
  scene.splits(40, [](int row) { return row < 20 ? "a" : "b"; });
  const auto roles = assign_roles(scene.request, scene.model, scene.progress);
  REQUIRE(roles);
  CHECK(roles->scoring->size() == 20);
  REQUIRE_FALSE(roles->notes.empty());
  CHECK(roles->notes[0].find("\"a\", \"b\"") != std::string::npos);
}

TEST_CASE("samples of --validation score and all others calibrate or judge") {
  Scene scene(40);
  scene.splits(40, [](int) { return ""; });
  scene.request.validation = scene.request.data.path;
  const auto roles = assign_roles(scene.request, scene.model, scene.progress);
  REQUIRE(roles);
  CHECK(roles->scoring->size() == 40);
  CHECK(roles->calibrating->size() + roles->judging->size() == 40);
  CHECK(labels(*roles->calibrating)[0] == -1);  // the labels are those of what scores
}

TEST_CASE("no row both calibrates and judges") {
  Scene scene(300);
  scene.splits(300, [](int) { return ""; });
  scene.request.calibrating = 50;
  const auto roles = assign_roles(scene.request, scene.model, scene.progress);
  REQUIRE(roles);
  CHECK(roles->calibrating->size() == 50);
  const std::vector<int64_t> calibrating = labels(*roles->calibrating);
  CHECK(all_of(*roles->judging, [&](int64_t row) {
    return std::find(calibrating.begin(), calibrating.end(), row) == calibrating.end();
  }));
}

TEST_CASE("a sample that is left out takes its label with it, and is told of once") {
  Scene scene(1);
  std::string table = "file,label\n";
  for (int i = 0; i < 6; ++i) {
    Tensor numbers(DType::kFloat32, Shape{2});
    numbers.data<float>()[0] = static_cast<float>(i);
    const std::string name = fmt::format("{}.npy", i);
    const auto whole = codec::write_npy(std::as_const(numbers).view());
    REQUIRE(write_file(scene.file(name), std::span(*whole).first(i == 2 ? 20 : whole->size())));
    table += fmt::format("{},{}\n", name, 10 * i);
  }
  REQUIRE(write_file(scene.file("table.csv"), std::as_bytes(std::span(table))));
  scene.request.data.path = scene.file("table.csv");
  const auto opened = open_data(scene.request.data, scene.model);
  REQUIRE(opened);
  const Samples samples(opened->source, {1, 2, 3, 5}, false, scene.progress);
  const std::vector<size_t> all = {0, 1, 2, 3};
  for (int walk = 0; walk < 2; ++walk) {
    std::vector<int64_t> seen;
    REQUIRE(samples.for_each(all, [&](size_t position, std::span<const Tensor> inputs) -> Status {
      CHECK(static_cast<int64_t>(inputs[0].view().data<float>()[0]) * 10 == samples.label(position));
      seen.push_back(samples.label(position).value());
      return {};
    }));
    CHECK(seen == std::vector<int64_t>{10, 30, 50});
  }
  REQUIRE(scene.progress.notes.size() == 1);
  CHECK(scene.progress.notes[0].starts_with("1 of 4 samples were left out"));
}

}  // namespace
}  // namespace pestle::flows
