// Imported models, run by the reference kernels, equal the golden files of the frameworks that they come from.
#include "tests/import/golden.h"

#include <doctest/doctest.h>

#include <cmath>

#include "base/parallel.h"
#include "formats/registry.h"
#include "runtime/executor.h"
#include "tests/support.h"

using namespace pestle;

namespace {

struct Row {
  const char* model;        // below models/
  const char* golden;       // likewise
  float tolerance = 1e-4f;  // of max(1, largest output)
  std::vector<formats::ImportOptions::InputShape> shapes = {};
};

const Row kRows[] = {
    {"onnx/efficientnet_lite0.onnx", "golden/onnx/efficientnet_lite0.npz"},
    {"mobilenet_v1_025_224/mobilenet_v1_025_224_nchw.onnx", "mobilenet_v1_025_224/golden.npz", 1e-5f},
    {"kws_dscnn/kws_dscnn.onnx", "kws_dscnn/golden.npz", 1e-5f},
    {"onnx/mnist_ort_examples.onnx", "golden/onnx/mnist_ort_examples.npz"},
    {"onnx/fastestdet.onnx", "golden/onnx/fastestdet.npz"},
    {"onnx/fastestdet_opset26.onnx", "golden/onnx/fastestdet_opset26.npz"},
    {"onnx/ultraface_slim_320.onnx", "golden/onnx/ultraface_slim_320.npz"},
    {"onnx/ultraface_rfb_320_simplified.onnx", "golden/onnx/ultraface_rfb_320_simplified.npz"},
    {"onnx/dtln_1.onnx", "golden/onnx/dtln_1.npz"},
    {"onnx/gtcrn_simple.onnx", "golden/onnx/gtcrn_simple.npz"},
    {"onnx/silero_vad_16k_op15.onnx",
     "golden/onnx/silero_vad_16k_op15.npz",
     1e-4f,
     {{"input", {1, 576}}, {"state", {2, 1, 128}}}},
    {"onnx/ppocr_mobile_v2_cls.onnx", "golden/onnx/ppocr_mobile_v2_cls.npz", 1e-4f, {{"x", {1, 3, 48, 192}}}},
};

// A picture stored [1, H, W, C] for an input [1, C, H, W].
Tensor in_layout_of(const Shape& wanted, const Tensor& picture) {
  const Shape& from = picture.shape();
  if (from == wanted || from.rank() != 4 || !(Shape{from[0], from[3], from[1], from[2]} == wanted)) return picture;
  Tensor result(DType::kFloat32, wanted);
  const int64_t pixels = from[1] * from[2];
  for (int64_t i = 0; i < pixels; ++i) {
    for (int64_t c = 0; c < from[3]; ++c) result.data<float>()[c * pixels + i] = picture.data<float>()[i * from[3] + c];
  }
  return result;
}

// The largest difference in units of max(1, largest expected).
float difference(const std::vector<float>& got, const testing::Golden::Output& expected) {
  float largest = 1, difference = 0;
  for (size_t i = 0; i < expected.values.size(); ++i) {
    largest = std::max(largest, std::fabs(expected.values[i]));
    const float distance = std::fabs(got[i * expected.stride] - expected.values[i]);
    difference = std::isnan(distance) ? INFINITY : std::max(difference, distance);
  }
  return difference / largest;
}

void check_row(const std::filesystem::path& models, const Row& row) {
  CAPTURE(std::string(row.model));
  formats::ImportOptions options;
  options.input_shapes = row.shapes;
  const auto model = formats::read_model((models / row.model).string(), options);
  CHECK_MESSAGE(model.has_value(), describe(model.error()));
  if (!model) return;
  const auto golden = testing::Golden::read((models / row.golden).string());
  REQUIRE_MESSAGE(golden.has_value(), describe(golden.error()));
  const auto plan = runtime::Plan::make(model->module, {.graph = 0, .fast_kernels = false});
  CHECK_MESSAGE(plan.has_value(), describe(plan.error()));
  if (!plan) return;
  ThreadPool pool(1);
  runtime::Executor executor(*plan, pool);
  const ir::Graph& graph = (*plan)->graph();
  for (size_t sample = 0; sample < golden->samples(); ++sample) {
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
      const auto input = golden->input(static_cast<int>(i), sample);
      REQUIRE(input.has_value());
      const Tensor fitting = in_layout_of(graph.values[graph.inputs[i]].type.shape, *input);
      REQUIRE(executor.set_input(static_cast<int>(i), fitting.view()).has_value());
    }
    REQUIRE(executor.run().has_value());
    for (size_t i = 0; i < graph.outputs.size(); ++i) {
      const auto expected = golden->output(static_cast<int>(i), sample);
      REQUIRE(expected.has_value());
      const std::vector<float> got = to_floats(executor.output(static_cast<int>(i)));
      REQUIRE((got.size() + expected->stride - 1) / expected->stride == expected->values.size());
      const float worst = difference(got, *expected);
      MESSAGE(std::string(row.model), " output ", i, ": ", worst);
      CHECK(worst <= row.tolerance);
    }
  }
}

}  // namespace

TEST_CASE("imported models compute what their frameworks computed") {
  const auto shared = testing::shared_folder();
  if (!shared) return;
  for (const Row& row : kRows) {
    check_row(*shared / "models", row);
  }
}
