// Memory of a plan: values that live at the same time never share bytes, copies and elementwise operators write over
// an input only when nobody reads it afterwards, constants can be replaced.
#include <doctest/doctest.h>

#include <map>

#include "ops/core/fused_activation.h"
#include "runtime/arena.h"
#include "runtime/both_ways.h"

namespace pestle::runtime::testing {
namespace {

bool overlap(size_t a, size_t a_bytes, size_t b, size_t b_bytes) { return a < b + b_bytes && b < a + a_bytes; }

TEST_CASE("tensors that are alive together never overlap, and the arena holds them all") {
  Random random(41);
  for (int round = 0; round < 200; ++round) {
    std::vector<Lifetime> tensors;
    size_t most = 0;
    for (int64_t i = random.integer(1, 40); i > 0; --i) {
      const int first = static_cast<int>(random.integer(0, 20));
      tensors.push_back(
          {static_cast<size_t>(random.integer(0, 3000)), first, first + static_cast<int>(random.integer(0, 6))});
      most = std::max(most, tensors.back().bytes);
    }
    const ArenaLayout layout = lay_out(tensors);
    for (size_t i = 0; i < tensors.size(); ++i) {
      CHECK(layout.offsets[i] % 64 == 0);
      CHECK(layout.offsets[i] + tensors[i].bytes <= layout.bytes);
      for (size_t j = 0; j < i; ++j) {
        const bool together = tensors[i].first <= tensors[j].last && tensors[j].first <= tensors[i].last;
        CHECK_FALSE((together && overlap(layout.offsets[i], tensors[i].bytes, layout.offsets[j], tensors[j].bytes)));
      }
    }
    CHECK(layout.bytes >= most);
  }
}

// Random graphs of float32 [4,8] values.
class GraphMaker {
 public:
  explicit GraphMaker(Random& random) : random_(random) {
    graph().inputs = {add_value(), add_value()};
    for (int64_t n = random.integer(1, 25); n > 0; --n) add_node();
    graph().outputs = {last_};
    for (int64_t n = random.integer(0, 2); n > 0; --n) graph().outputs.push_back(pick());
  }
  ir::Module& module() { return module_; }

 private:
  ir::Graph& graph() { return module_.graphs[0]; }
  ir::ValueId add_value() {
    ir::Value value;
    value.type = {DType::kFloat32, {4, 8}, nullptr};
    values_.push_back(graph().add_value(std::move(value)));
    last_ = values_.back();
    return last_;
  }
  ir::ValueId pick() {
    return values_[static_cast<size_t>(random_.integer(0, static_cast<int64_t>(values_.size()) - 1))];
  }
  void add_node() {
    static const char* const kOps[] = {"ADD", "SUB", "RELU", "RESHAPE", "AVERAGE", "TANH", "MAXIMUM"};
    ir::Node node;
    node.op = kOps[random_.integer(0, 6)];
    node.sources = {"test"};
    // Mostly the newest values, so that many die early.
    node.inputs = {random_.integer(0, 2) == 0 ? pick() : last_};
    if (node.op == "AVERAGE") node.op = "NEG";
    if (node.op == "ADD" || node.op == "SUB" || node.op == "MAXIMUM") node.inputs.push_back(pick());
    if (node.op == "RESHAPE") node.attributes.set("new_shape", std::vector<int64_t>{4, 8});
    node.outputs = {add_value()};
    graph().nodes.push_back(std::move(node));
  }

  Random& random_;
  ir::Module module_{{}, {ir::Graph{}}, {}, {}};
  std::vector<ir::ValueId> values_;
  ir::ValueId last_ = 0;
};

// Every node by itself, with memory of its own for each value.
std::map<ir::ValueId, Tensor> expected_values(const ir::Module& module, std::span<const Tensor> inputs) {
  std::map<ir::ValueId, Tensor> values;
  const ir::Graph& graph = module.graphs[0];
  for (size_t i = 0; i < inputs.size(); ++i) values[graph.inputs[i]] = inputs[i];
  for (const ir::Node& node : graph.nodes) {
    NodeCase c;
    c.node = node;
    c.node.inputs.clear();
    std::vector<Tensor> operands;
    for (ir::ValueId id : node.inputs) {
      c.inputs.push_back(graph.values[id].type);
      operands.push_back(values[id]);
    }
    c.output = graph.values[node.outputs[0]].type;
    Outcome outcome = run_module(c.module(), operands, false, 1);
    REQUIRE(outcome.error == "");
    values[node.outputs[0]] = outcome.outputs[0];
  }
  return values;
}

TEST_CASE("random graphs compute what their nodes compute one by one, and inputs survive") {
  Random random(42);
  int in_place = 0;
  for (int round = 0; round < 60; ++round) {
    GraphMaker maker(random);
    std::vector<Tensor> inputs;
    for (int i = 0; i < 2; ++i) inputs.push_back(random_tensor(random, {DType::kFloat32, {4, 8}, nullptr}));
    const auto expected = expected_values(maker.module(), inputs);
    auto plan = Plan::make(maker.module());
    REQUIRE(plan);
    ThreadPool pool(1);
    Executor executor(*plan, pool);
    for (int i = 0; i < 2; ++i) REQUIRE(executor.set_input(i, inputs[static_cast<size_t>(i)].view()));
    const ir::Graph& graph = (*plan)->graph();
    const auto same = [&](ir::ValueId id) {
      const auto bytes = executor.value(id).bytes;
      return std::memcmp(bytes.data(), expected.at(id).view().bytes.data(), bytes.size()) == 0;
    };
    for (int run = 0; run < 2; ++run) {
      bool alive = true;
      REQUIRE(executor.run([&](size_t node) { alive = alive && same(graph.nodes[node].outputs[0]); }));
      CHECK(alive);
      for (ir::ValueId id : graph.outputs) CHECK(same(id));
      for (ir::ValueId id : graph.inputs) CHECK(same(id));
    }
    for (const ir::Node& node : graph.nodes) {
      const Placement& in = (*plan)->placement(node.inputs[0]);
      in_place += in.kind == Placement::kArena && in.offset == (*plan)->placement(node.outputs[0]).offset ? 1 : 0;
    }
  }
  CHECK(in_place > 0);
}

NodeCase small_layer(Random& random) {
  NodeCase c;
  c.node.op = "FULLY_CONNECTED";
  c.inputs = {{DType::kFloat32, {2, 6}, nullptr}};
  c.output = {DType::kFloat32, {}, nullptr};
  c.add_constant(random_tensor(random, {DType::kFloat32, {5, 6}, nullptr}));
  return c;
}

TEST_CASE("set_constant packs weights again, for plans with kernels and with references") {
  Random random(43);
  const ir::Module module = small_layer(random).module();
  const Tensor inputs[] = {random_tensor(random, {DType::kFloat32, {2, 6}, nullptr})};
  const Tensor weights = random_tensor(random, {DType::kFloat32, {5, 6}, nullptr});
  NodeCase changed = small_layer(random);
  changed.constants[0] = weights;
  const Outcome expected = run_module(changed.module(), inputs, false, 1);
  for (bool fast : {true, false}) {
    auto plan = Plan::make(module, {.fast_kernels = fast});
    REQUIRE(plan);
    ThreadPool pool(1);
    Executor executor(*plan, pool);
    REQUIRE(executor.set_input(0, inputs[0].view()));
    REQUIRE(executor.run());
    const auto view = weights.view().bytes;
    REQUIRE((*plan)->set_constant((*plan)->graph().nodes[0].inputs[1], Bytes::copy_of(view)));
    REQUIRE(executor.run());
    const auto got = executor.output(0).bytes;
    CHECK(std::memcmp(got.data(), expected.outputs[0].view().bytes.data(), got.size()) == 0);
  }
}

// y = RESHAPE(x, PACK(element 0 of SHAPE(x), -1)): how converters write "flatten".
ir::Module flatten() {
  ir::Module module{{}, {ir::Graph{}}, {}, {}};
  ir::Graph& graph = module.graphs[0];
  const auto value = [&](DType dtype, Shape shape) {
    ir::Value own;
    own.type = {dtype, std::move(shape), nullptr};
    return graph.add_value(std::move(own));
  };
  const auto ints = [&](std::vector<int32_t> values) {
    const Tensor tensor = Tensor::of<int32_t>({static_cast<int64_t>(values.size())}, values);
    return graph.add_constant("ints", tensor.view());
  };
  const auto node = [&](const char* op, std::vector<ir::ValueId> inputs, ir::ValueId output) -> ir::Node& {
    ir::Node& own = graph.nodes.emplace_back();
    own.op = op;
    own.sources = {"test"};
    own.inputs = std::move(inputs);
    own.outputs = {output};
    return own;
  };
  const ir::ValueId x = value(DType::kFloat32, {2, 3, 4}), shape = value(DType::kInt32, {}),
                    size = value(DType::kInt32, {});
  const ir::ValueId target = value(DType::kInt32, {}), y = value(DType::kFloat32, {});
  const ir::ValueId begin = ints({0}), end = ints({1}), step = ints({1});
  const ir::ValueId rest = graph.add_constant("rest", Tensor::of<int32_t>({}, std::vector<int32_t>{-1}).view());
  node("SHAPE", {x}, shape).attributes.set("out_type", std::string("INT32"));
  node("STRIDED_SLICE", {shape, begin, end, step}, size).attributes.set("shrink_axis_mask", int64_t{1});
  node("PACK", {size, rest}, target).attributes.set("values_count", int64_t{2});
  node("RESHAPE", {x, target}, y);
  graph.inputs = {x};
  graph.outputs = {y};
  return module;
}

TEST_CASE("a shape computed from a shape is known before the run") {
  Random random(45);
  const ir::Module module = flatten();
  auto plan = Plan::make(module);
  REQUIRE_MESSAGE(plan.has_value(), describe(plan.error()));
  const ir::Graph& graph = (*plan)->graph();
  CHECK(graph.values[graph.outputs[0]].type.shape == Shape{2, 12});
  CHECK(std::string((*plan)->steps()[2].kernel) == "folded");
  const Tensor inputs[] = {random_tensor(random, {DType::kFloat32, {2, 3, 4}, nullptr})};
  const Outcome outcome = run_plan(*plan, inputs, 1);
  REQUIRE(outcome.error == "");
  CHECK(std::memcmp(outcome.outputs[0].view().bytes.data(), inputs[0].view().bytes.data(), 24 * sizeof(float)) == 0);
  CHECK_FALSE((*plan)->set_constant(graph.nodes[1].inputs[1], Bytes::copy_of(std::vector<std::byte>(4))));
}

TEST_CASE("a tensor of an absurd shape is refused by name before memory is taken") {
  const auto refused = [](const Shape& shape) {
    ir::Module module;
    ir::Graph& graph = module.graphs.emplace_back();
    graph.values.resize(2);
    graph.values[0].name = "x";
    graph.values[1].name = "y";
    for (ir::Value& value : graph.values) value.type.shape = shape;
    ir::Node& node = graph.nodes.emplace_back();
    node.op = "RELU";
    node.inputs = graph.inputs = {0};
    node.outputs = graph.outputs = {1};
    node.sources = {"act"};
    const auto plan = Plan::make(module);
    REQUIRE(!plan.has_value());
    return describe(plan.error());
  };
  constexpr int64_t kLargest = 2147483647;
  CHECK(refused({kLargest, kLargest, kLargest}).find("\"x\" has the absurd shape 2147483647x2147483647x") !=
        std::string::npos);
  CHECK(refused({int64_t{1} << 30, int64_t{1} << 20}).find("\"x\" has the absurd shape") != std::string::npos);
}

TEST_CASE("an input of another type or size is refused by name") {
  Random random(44);
  auto plan = Plan::make(small_layer(random).module());
  REQUIRE(plan);
  ThreadPool pool(1);
  Executor executor(*plan, pool);
  CHECK_FALSE(executor.set_input(0, Tensor(DType::kInt32, {2, 6}).view()));
  CHECK_FALSE(executor.set_input(0, Tensor(DType::kFloat32, {2, 5}).view()));
}

}  // namespace
}  // namespace pestle::runtime::testing
