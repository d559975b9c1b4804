#include "flows/diagnose.h"

#include <doctest/doctest.h>

namespace pestle::flows {
namespace {

// A FULLY_CONNECTED with int8 weights of two output channels under one scale.
struct Layer {
  ir::Graph graph;
  ir::Node node;

  Layer(int8_t small, int8_t large) {
    const std::vector<int8_t> codes = {small, small, small, small, large, large};
    const ir::ValueId input = graph.add_value({});
    const ir::ValueId weights = graph.add_constant("w", Tensor::of<int8_t>({3, 2}, codes).view());
    auto quantization = std::make_shared<ir::Quantization>();
    quantization->scale = {0.1f};
    quantization->zero_point = {0};
    graph.values[weights].type.quantization = quantization;
    node.op = "FULLY_CONNECTED";
    node.inputs = {input, weights, ir::kNoValue};
  }
};

TEST_CASE("one scale for channels of very different size is named first") {
  const Layer layer(1, 127);
  const Diagnosis found = diagnose(layer.graph, layer.node, {"dense", 0.5, 1.0});
  CHECK(found.why == "its weights have one scale, and half of its channels use less than 1/127 of it");
  CHECK(found.mend.find("--per-tensor") != std::string::npos);
}

TEST_CASE("else values beyond the range, then a scale that is too coarse, then rounding") {
  const Layer layer(100, 127);
  CHECK(diagnose(layer.graph, layer.node, {"dense", 0.142, 1.0}).why ==
        "14 % of its values lie beyond the range it was calibrated for");
  CHECK(diagnose(layer.graph, layer.node, {"dense", 0.0, 2.5}).why ==
        "its typical value is only 2.5 steps of its scale");
  const Diagnosis rounding = diagnose(layer.graph, layer.node, {"dense", 0.0, 40.0});
  CHECK(rounding.mend == "try --mode int8 with --keep-float 'dense', or --mode int16x8");
}

TEST_CASE("16-bit layers are not sent to 16 bits, and a few values beyond the range are what is wrong with them") {
  Layer layer(100, 127);
  ir::Value wide;
  wide.type.dtype = DType::kInt16;
  layer.node.outputs = {layer.graph.add_value(std::move(wide))};
  CHECK(diagnose(layer.graph, layer.node, {"dense", 0.002, 4000.0}).why ==
        "0.2 % of its values lie beyond the range it was calibrated for");
  CHECK(diagnose(layer.graph, layer.node, {"dense", 0.0, 4000.0}).mend == "try --mode int16x8 with --keep-float 'dense'");
}

}  // namespace
}  // namespace pestle::flows
