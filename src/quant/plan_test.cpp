#include <doctest/doctest.h>

#include <limits>

#include "ir/verifier.h"
#include "ops/core/check.h"
#include "ops/core/registry.h"
#include "quant/apply.h"
#include "quant/choose.h"
#include "quant/plan_json.h"

using namespace pestle;
using namespace pestle::quant;

namespace {

// x [1,2,2,2] -> CONV_2D 1x1 "layer" -> y [1,2,2,2].
ir::Module one_layer() {
  ir::Module module;
  ir::Graph graph;
  graph.name = "main";
  const auto value = [&graph](const char* name, Shape shape) {
    ir::Value v;
    v.name = name;
    v.type = {DType::kFloat32, std::move(shape), nullptr};
    return graph.add_value(std::move(v));
  };
  const std::vector<float> filter = {1.0f, -2.0f, 0.5f, 0.25f}, bias = {0.1f, -0.2f};
  const ir::ValueId x = value("x", {1, 2, 2, 2}), y = value("y", {1, 2, 2, 2});
  const ir::ValueId w = graph.add_constant("w", {DType::kFloat32, {2, 1, 1, 2}, std::as_bytes(std::span(filter))});
  const ir::ValueId b = graph.add_constant("b", {DType::kFloat32, {2}, std::as_bytes(std::span(bias))});
  ir::Node node;
  node.op = "CONV_2D";
  node.inputs = {x, w, b};
  node.outputs = {y};
  node.sources = {"layer"};
  node.attributes.set("stride_w", int64_t{1});
  node.attributes.set("stride_h", int64_t{1});
  graph.nodes.push_back(node);
  graph.inputs = {x};
  graph.outputs = {y};
  module.graphs.push_back(std::move(graph));
  return module;
}

QuantPlan plan_for(const ir::Module& module, const char* mode, const ChoiceOptions& options = {}) {
  const Statistics statistics = stand_in_statistics(module);
  auto plan = choose(module, *find_mode(mode), &statistics, options);
  REQUIRE_MESSAGE(plan.has_value(), describe(plan.error()));
  return *plan;
}

}  // namespace

TEST_CASE("every mode gives a module that is well formed and that kernels exist for") {
  const ir::Module module = one_layer();
  for (const Mode& mode : modes()) {
    CAPTURE(mode.name);
    const auto applied = apply(module, plan_for(module, mode.name));
    REQUIRE(applied.has_value());
    CHECK(ir::verify(applied->module).has_value());
    CHECK(ops::check_graph(applied->module.graphs[0]).has_value());
    for (const ir::Node& node : applied->module.graphs[0].nodes) {
      CHECK((ops::match_types(*ops::find(node), ops::NodeView(applied->module.graphs[0], node)) != nullptr));
    }
    CHECK(applied->module.graphs[0].values[applied->module.graphs[0].outputs[0]].name == "y");
  }
}

TEST_CASE("graphs without ranges, which control flow calls, get their weights stored and are computed in floats") {
  ir::Module module = one_layer();
  module.graphs.push_back(module.graphs[0]);
  Statistics statistics = stand_in_statistics(module);
  statistics.graphs.resize(1);
  const auto plan = choose(module, *find_mode("int8"), &statistics, {.min_elements = 1});
  REQUIRE_MESSAGE(plan.has_value(), describe(plan.error()));
  CHECK(plan->graphs[0].nodes[0].treatment == Treatment::kInteger);
  CHECK(plan->graphs[1].nodes[0].treatment == Treatment::kHybrid);
  const auto applied = apply(module, *plan);
  REQUIRE_MESSAGE(applied.has_value(), describe(applied.error()));
  CHECK(ir::verify(applied->module).has_value());
}

TEST_CASE("biases take the product of the scales of input and weights") {
  const ir::Module module = one_layer();
  const QuantPlan plan = plan_for(module, "full-int8");
  const NodePlan& node = plan.graphs[0].nodes[0];
  const float input = plan.graphs[0].values[0]->scale[0];
  REQUIRE(node.operands.at(2).scale.size() == 2);
  for (size_t c = 0; c < 2; ++c) CHECK(node.operands.at(2).scale[c] == input * node.operands.at(1).scale[c]);
}

TEST_CASE("a node that is kept float stands between DEQUANTIZE and QUANTIZE, or alone") {
  const ir::Module module = one_layer();
  ChoiceOptions options;
  options.keep_float = {"layer"};
  const auto applied = apply(module, plan_for(module, "int8", options));
  REQUIRE(applied.has_value());
  CHECK(applied->module.graphs[0].nodes.size() == 1);
}

TEST_CASE("full modes name every operator that cannot be integer, and the way out") {
  ir::Module module = one_layer();
  module.graphs[0].nodes[0].op = "SIN";
  module.graphs[0].nodes[0].inputs.resize(1);
  const Statistics statistics = stand_in_statistics(module);
  const auto plan = choose(module, *find_mode("full-int8"), &statistics, {});
  REQUIRE(!plan.has_value());
  CHECK(plan.error().message.find("SIN 'layer'") != std::string::npos);
  CHECK(plan.error().hint.find("`allow_float`") != std::string::npos);
  CHECK(plan.error().hint.find("`mode` int8") != std::string::npos);
}

TEST_CASE("a strict mode says of each operator why it stays float, and does not point at itself") {
  ir::Module module = one_layer();
  ChoiceOptions options;
  options.strict = true;
  const auto small = choose(module, *find_mode("dynamic"), nullptr, options);
  REQUIRE(!small.has_value());
  CHECK(small.error().message.find("CONV_2D 'layer': its weights have 4 values") != std::string::npos);
  CHECK(small.error().hint.find("`min_elements` 0") != std::string::npos);
  options.min_elements = 0;
  CHECK(choose(module, *find_mode("dynamic"), nullptr, options).has_value());
  CHECK(choose(module, *find_mode("weight-only"), nullptr, options).has_value());
  const auto half = choose(module, *find_mode("float16"), nullptr, options);
  REQUIRE(!half.has_value());
  CHECK(half.error().code == ErrorCode::kInvalidArgument);
  module.graphs[0].nodes[0].op = "SIN";
  module.graphs[0].nodes[0].inputs.resize(1);
  const Statistics statistics = stand_in_statistics(module);
  const auto eight = choose(module, *find_mode("int8"), &statistics, options);
  REQUIRE(!eight.has_value());
  CHECK(eight.error().message.find("SIN 'layer': SIN has no int8 kernel") != std::string::npos);
  CHECK(eight.error().hint == "leave out `strict`; or allow them by name: `allow_float` PATTERN");
}

TEST_CASE("what the user keeps float does not offend a strict mode") {
  const ir::Module module = one_layer();
  ChoiceOptions options;
  options.strict = true;
  options.keep_float = {"layer"};
  CHECK(plan_for(module, "int8", options).graphs[0].nodes[0].reason == "kept float by `keep_float`");
}

TEST_CASE("a plan survives its JSON form, and is refused for another model") {
  const ir::Module module = one_layer();
  for (const char* mode : {"full-int8", "int16x8", "dynamic", "float16"}) {
    const QuantPlan plan = plan_for(module, mode);
    const auto back = plan_from_json(plan_to_json(plan, module), module);
    REQUIRE_MESSAGE(back.has_value(), describe(back.error()));
    CHECK(plan_to_json(*back, module) == plan_to_json(plan, module));
    const auto applied = apply(module, *back);
    CHECK(applied.has_value());
  }
  ir::Module other = one_layer();
  other.graphs[0].nodes[0].attributes.set("stride_w", int64_t{2});
  CHECK(!plan_from_json(plan_to_json(plan_for(module, "int8"), module), other).has_value());
}

TEST_CASE("a plan is applied to the model it was made for and to no other") {
  const ir::Module module = one_layer();
  const QuantPlan plan = plan_for(module, "int8");
  CHECK(plan.fingerprint.size() == 16);
  ir::Module other = one_layer();
  other.graphs[0].nodes[0].attributes.set("stride_w", int64_t{2});
  const auto refused = apply(other, plan);
  REQUIRE(!refused.has_value());
  CHECK(refused.error().message == "the plan was made for another model");
  CHECK(!refused.error().hint.empty());
}

TEST_CASE("apply refuses what no kernel reads: activations by channel, zero points outside the type") {
  const ir::Module module = one_layer();
  const QuantPlan good = plan_for(module, "full-int8");
  const auto refusal = [&](const QuantPlan& plan) {
    const auto applied = apply(module, plan);
    REQUIRE(!applied.has_value());
    return describe(applied.error());
  };
  QuantPlan by_channel = good;
  by_channel.graphs[0].values[0] = Storage{DType::kInt8, {0.1f, 0.2f}, {0, 0}, 3};
  CHECK(refusal(by_channel) == "plan: \"x\": 2 scales, but what is computed has one");
  CHECK(!plan_from_json(plan_to_json(by_channel, module), module).has_value());
  QuantPlan outside = good;
  outside.graphs[0].nodes[0].operands[1].dtype = DType::kInt4;
  outside.graphs[0].nodes[0].operands[1].zero_point = {9, 0};
  CHECK(refusal(outside) == "plan: \"w\": the zero point 9 lies outside 0 to 0 of int4");
  QuantPlan too_many = good;
  too_many.graphs[0].nodes[0].operands[1].axis = 7;
  CHECK(refusal(too_many).find("do not fit the shape") != std::string::npos);
  QuantPlan no_number = good;
  no_number.graphs[0].outputs[0].scale = {0.0f};
  CHECK(refusal(no_number).find("positive") != std::string::npos);
}

TEST_CASE("a plan from a file whose scales kernels cannot compute with is refused by the node's name") {
  const ir::Module module = one_layer();
  for (const char* mode : {"full-int8", "int16x8"}) {
    CAPTURE(mode);
    const QuantPlan good = plan_for(module, mode);
    const auto refusal = [&](const QuantPlan& plan) {
      const auto read = plan_from_json(plan_to_json(plan, module), module);
      return read ? std::string() : describe(read.error());
    };
    CHECK(refusal(good).empty());
    for (const float scale : {1e12f, 1e-15f}) {
      QuantPlan plan = good;
      plan.graphs[0].values[1]->scale = {scale};
      CHECK(refusal(plan).starts_with("plan: CONV_2D 'layer': input scale * weight scale / output scale is"));
    }
    QuantPlan weights = good;
    weights.graphs[0].nodes[0].operands[1].scale[1] = 1e12f;
    CHECK(refusal(weights).find("in channel 1") != std::string::npos);
    QuantPlan bias = good;
    bias.graphs[0].nodes[0].operands[2].scale[0] *= 1.001f;
    CHECK(refusal(bias).starts_with("plan: CONV_2D 'layer': its bias has the scale"));
  }
}

TEST_CASE("weights that no integer stands for are named, in every mode that stores them") {
  ir::Module module = one_layer();
  const std::vector<float> filter = {1.0f, -2.0f, std::numeric_limits<float>::quiet_NaN(), 0.25f};
  module.graphs[0].values[2].data = std::make_shared<const Bytes>(Bytes::copy_of(std::as_bytes(std::span(filter))));
  REQUIRE(module.graphs[0].values[2].name == "w");
  const Statistics statistics = stand_in_statistics(module);
  ChoiceOptions options;
  options.min_elements = 0;
  for (const char* mode : {"int8", "full-int16x8", "dynamic", "weight-only"}) {
    CAPTURE(mode);
    const auto plan = choose(module, *find_mode(mode), &statistics, options);
    REQUIRE(!plan.has_value());
    CHECK(plan.error().code == ErrorCode::kInvalidModel);
    CHECK(plan.error().message == "\"w\" holds NaN at element 2 of 4");
  }
}

TEST_CASE("so are other constants that would set a range, with the way out") {
  ir::Module module = one_layer();
  const std::vector<float> mask = {0.0f, -std::numeric_limits<float>::infinity()};
  ir::Graph& graph = module.graphs[0];
  const ir::ValueId m = graph.add_constant("mask", {DType::kFloat32, {2}, std::as_bytes(std::span(mask))});
  graph.nodes[0].op = "ADD";
  graph.nodes[0].inputs = {graph.inputs[0], m};
  const Statistics statistics = stand_in_statistics(module);
  const auto plan = choose(module, *find_mode("int8"), &statistics, {});
  REQUIRE(!plan.has_value());
  CHECK(plan.error().message == "\"mask\" holds infinity at element 1 of 2, which no integer stands for");
  CHECK(plan.error().hint.find("`keep_float`") != std::string::npos);
  ChoiceOptions options;
  options.keep_float = {"layer"};
  CHECK(choose(module, *find_mode("int8"), &statistics, options).has_value());
}

TEST_CASE("choosing is linear in the number of values that share their scales with nobody") {
  ir::Module module;
  ir::Graph graph;
  constexpr int kNodes = 20000;
  for (int i = 0; i <= kNodes; ++i) {
    ir::Value value;
    value.name = "v" + std::to_string(i);
    value.type = {DType::kFloat32, {1, 4}, nullptr};
    graph.add_value(std::move(value));
  }
  for (int i = 0; i < kNodes; ++i) {
    ir::Node node;
    node.op = "HARD_SWISH";
    node.inputs = {i};
    node.outputs = {i + 1};
    node.sources = {"n"};
    graph.nodes.push_back(node);
  }
  graph.inputs = {0};
  graph.outputs = {kNodes};
  module.graphs.push_back(std::move(graph));
  CHECK(plan_for(module, "full-int8").graphs[0].values.back().has_value());
}

TEST_CASE("a prescribed scale stays with its value: a reader that shares another gets it converted") {
  ir::Module module;
  ir::Graph graph;
  for (const char* name : {"x", "s", "y"}) {
    ir::Value value;
    value.name = name;
    value.type = {DType::kFloat32, {1, *name == 'y' ? 8 : 4}, nullptr};
    graph.add_value(std::move(value));
  }
  ir::Node softmax, concatenation;
  softmax.op = "SOFTMAX";
  softmax.inputs = {0};
  softmax.outputs = {1};
  softmax.sources = {"softmax"};
  softmax.attributes.set("beta", 1.0);
  concatenation.op = "CONCATENATION";
  concatenation.inputs = {1, 0};
  concatenation.outputs = {2};
  concatenation.sources = {"join"};
  concatenation.attributes.set("axis", int64_t{1});
  graph.nodes = {softmax, concatenation};
  graph.inputs = {0};
  graph.outputs = {2};
  module.graphs.push_back(std::move(graph));
  const QuantPlan plan = plan_for(module, "full-int8");
  CHECK(plan.graphs[0].values[1]->scale[0] == 1.0f / 256.0f);
  CHECK(plan.graphs[0].values[2]->scale[0] == doctest::Approx(2.0f / 255.0f));
  const auto applied = apply(module, plan);
  REQUIRE(applied.has_value());
  CHECK(applied->module.graphs[0].nodes.size() == 3);
  CHECK(ops::check_graph(applied->module.graphs[0]).has_value());
}
