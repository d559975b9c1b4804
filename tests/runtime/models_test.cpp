// Whole .tflite models: fast plans equal reference plans bit for bit, and both equal LiteRT's reference kernels as the
// golden files have them.
#include <doctest/doctest.h>

#include <cmath>

#include "base/file.h"
#include "formats/tflite/tflite.h"
#include "runtime/both_ways.h"
#include "tests/import/golden.h"
#include "tests/support.h"

namespace pestle::runtime::testing {
namespace {

struct Row {
  const char* model;   // below models/
  const char* golden;  // likewise; null: none
};

const Row kRows[] = {
    {"mobilenet_v1_025_224/mobilenet_v1_025_224.tflite", "mobilenet_v1_025_224/golden.npz"},
    {"kws_dscnn/kws_dscnn.tflite", "kws_dscnn/golden.npz"},
    {"tflite/mlperf_tiny_resnet8_float.tflite", "golden/tflite/mlperf_tiny_resnet8_float.npz"},
    {"tflite/mlperf_tiny_resnet8_int8.tflite", "golden/tflite/mlperf_tiny_resnet8_int8.npz"},
    {"tflite/mlperf_tiny_vww_96_float.tflite", "golden/tflite/mlperf_tiny_vww_96_float.npz"},
    {"tflite/mlperf_tiny_vww_96_int8.tflite", "golden/tflite/mlperf_tiny_vww_96_int8.npz"},
    {"tflite/mlperf_tiny_kws_float.tflite", "golden/tflite/mlperf_tiny_kws_float.npz"},
    {"tflite/mlperf_tiny_kws_int8.tflite", "golden/tflite/mlperf_tiny_kws_int8.npz"},
    {"tflite/mlperf_tiny_ad01_int8.tflite", "golden/tflite/mlperf_tiny_ad01_int8.npz"},
    {"tflite/hello_world_float.tflite", "golden/tflite/hello_world_float.npz"},
    {"tflite/hello_world_int8.tflite", "golden/tflite/hello_world_int8.npz"},
    {"tflite/face_detection_short_range.tflite", "golden/tflite/face_detection_short_range.npz"},
    {"tflite/ultraface_slim_320_nopost.tflite", "golden/tflite/ultraface_slim_320_nopost.npz"},
    {"tflite/mobilenet_v1_0.25_224_quant.tflite", "golden/tflite/mobilenet_v1_0.25_224_quant.npz"},
    {"tflite/mobilenet_v1_0.5_160_quant.tflite", "golden/tflite/mobilenet_v1_0.5_160_quant.npz"},
    {"tflite/tf2_mobilenet_v2_1.0_224_ptq.tflite", "golden/tflite/tf2_mobilenet_v2_1.0_224_ptq.npz"},
};

Result<ir::Module> read_model(const std::string& path) {
  PESTLE_ASSIGN(const Bytes bytes, map_file(path));
  return formats::tflite::read(bytes);
}

// Calls body(row, module) for every model that is there.
template <typename Body>
void for_each_model(Body body) {
  const auto shared = pestle::testing::shared_folder();
  if (!shared) return;
  for (const Row& row : kRows) {
    INFO(std::string(row.model));
    const auto module = read_model((*shared / "models" / row.model).string());
    CHECK_MESSAGE(module.has_value(), describe(module.error()));
    if (module) body(row, *module, (*shared / "models").string() + "/");
  }
}

TEST_CASE("fast plans of whole models give the bits of reference plans on inputs of full range") {
  Random random(51);
  for_each_model([&](const Row&, const ir::Module& module, const std::string&) {
    std::vector<Tensor> inputs;
    for (ir::ValueId id : module.graphs[0].inputs)
      inputs.push_back(random_tensor(random, module.graphs[0].values[id].type));
    CHECK(compare_both_ways(module, inputs) == "");
    CHECK(run_module(module, inputs, true, 1).error == "");
  });
}

// Integers exactly; floats within 1e-5 of max(1, the largest expected).
std::string misfit(const ConstTensorView& got, const pestle::testing::Golden::Output& expected) {
  const std::vector<float> values = to_floats(got);
  if ((values.size() + expected.stride - 1) / expected.stride != expected.values.size())
    return "another number of elements";
  float largest = 1;
  for (float value : expected.values) largest = std::max(largest, std::fabs(value));
  const float tolerance = got.dtype == DType::kFloat32 ? 1e-5f * largest : 0;
  for (size_t i = 0; i < expected.values.size(); ++i) {
    const float value = values[i * expected.stride];
    if (!(std::fabs(value - expected.values[i]) <= tolerance)) {
      return "element " + std::to_string(i) + " is " + std::to_string(value) + ", expected " +
             std::to_string(expected.values[i]);
    }
  }
  return {};
}

TEST_CASE("fast plans of whole models give the outputs of LiteRT's reference kernels") {
  for_each_model([](const Row& row, const ir::Module& module, const std::string& folder) {
    const auto golden = pestle::testing::Golden::read(folder + row.golden);
    REQUIRE_MESSAGE(golden.has_value(), describe(golden.error()));
    for (size_t sample = 0; sample < golden->samples(); ++sample) {
      std::vector<Tensor> inputs;
      for (size_t i = 0; i < module.graphs[0].inputs.size(); ++i) {
        auto input = golden->input(static_cast<int>(i), sample);
        REQUIRE(input.has_value());
        inputs.push_back(std::move(*input));
      }
      const Outcome outcome = run_module(module, inputs, true, 2);
      CHECK(outcome.error == "");
      for (size_t i = 0; i < outcome.outputs.size(); ++i) {
        const auto expected = golden->output(static_cast<int>(i), sample);
        REQUIRE(expected.has_value());
        CHECK(misfit(outcome.outputs[i].view(), *expected) == "");
      }
    }
  });
}

}  // namespace
}  // namespace pestle::runtime::testing
