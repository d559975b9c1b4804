#include "passes/core/graph_test_tools.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "ir/verifier.h"
#include "ops/core/check.h"
#include "ops/core/registry.h"
#include "passes/layout/permutation.h"

namespace pestle::passes {
namespace {

Tensor random_tensor(Random& random, const Shape& shape, double low, double high) {
  Tensor tensor(DType::kFloat32, shape);
  for (int64_t i = 0; i < tensor.elements(); ++i) tensor.data<float>()[i] = static_cast<float>(random.real(low, high));
  return tensor;
}

std::vector<std::string> names_of(const ir::Graph& graph, const std::vector<ir::ValueId>& ids) {
  std::vector<std::string> names;
  for (ir::ValueId id : ids) names.push_back(graph.values[id].name);
  return names;
}

Tensor transposed(const Tensor& x, const Permutation& permutation) {
  TestGraph g;
  const ir::ValueId in = g.input("x", x.shape());
  g.output(g.transpose(in, {permutation.begin(), permutation.end()}), "y");
  return std::move(run_graph(g.module, {x})[0]);
}

void compare(const Tensor& want, const Tensor& have, double tolerance) {
  REQUIRE(to_string(have.shape()) == to_string(want.shape()));
  const std::vector<float> a = to_floats(want.view()), b = to_floats(have.view());
  double largest = 0, difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::fabs(static_cast<double>(a[i])));
    difference = std::max(difference, std::fabs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  }
  CHECK(difference <= tolerance * largest);
}

Checked check(const ir::Module& before, Checked after, double tolerance) {
  const Status verified = ir::verify(after.module);
  CAPTURE((verified ? std::string() : describe(verified.error())));
  REQUIRE(verified.has_value());
  const ir::Graph& old = before.graphs[0];
  const ir::Graph& now = after.module.graphs[0];
  const Status checked = ops::check_graph(now);
  CAPTURE((checked ? std::string() : describe(checked.error())));
  REQUIRE(checked.has_value());
  CHECK(names_of(old, old.inputs) == names_of(now, now.inputs));
  CHECK(names_of(old, old.outputs) == names_of(now, now.outputs));
  Random random(5);
  std::vector<Tensor> inputs, relaid;
  for (ir::ValueId id : old.inputs) {
    inputs.push_back(random_tensor(random, old.values[id].type.shape, -2, 2));
    const auto changed = std::find_if(after.report.relaid_inputs.begin(), after.report.relaid_inputs.end(),
                                      [&](const RelaidInput& r) { return r.input == old.values[id].name; });
    relaid.push_back(changed == after.report.relaid_inputs.end() ? inputs.back()
                                                                 : transposed(inputs.back(), changed->permutation));
  }
  const auto want = run_graph(before, inputs), have = run_graph(after.module, relaid);
  REQUIRE(want.size() == have.size());
  for (size_t i = 0; i < want.size(); ++i) compare(want[i], have[i], tolerance);
  return after;
}

}  // namespace

TestGraph::TestGraph() { module.graphs.emplace_back(); }

ir::ValueId TestGraph::input(const std::string& name, const Shape& shape) {
  ir::Value value;
  value.name = name;
  value.type = {DType::kFloat32, shape, nullptr};
  graph().inputs.push_back(graph().add_value(std::move(value)));
  return graph().inputs.back();
}

ir::ValueId TestGraph::constant(const Shape& shape, double low, double high) {
  return graph().add_constant("c", random_tensor(random_, shape, low, high).view());
}

ir::ValueId TestGraph::filled(const Shape& shape, float value) {
  return graph().add_constant(
      "c", Tensor::of<float>(shape, std::vector<float>(static_cast<size_t>(shape.elements()), value)).view());
}

ir::ValueId TestGraph::ints(const std::vector<int32_t>& values) {
  return int_matrix({static_cast<int64_t>(values.size())}, values);
}

ir::ValueId TestGraph::int_matrix(const Shape& shape, const std::vector<int32_t>& values) {
  return graph().add_constant("i", Tensor::of<int32_t>(shape, values).view());
}

ir::ValueId TestGraph::add(const char* op, std::vector<ir::ValueId> inputs, std::vector<Property> options) {
  ops::NodeSpec spec;
  spec.def = ops::find(op);
  REQUIRE_MESSAGE(spec.def != nullptr, op);
  spec.inputs = std::move(inputs);
  for (Property& option : options) spec.properties.attributes.set(option.name, option.value);
  spec.names = {op};
  spec.sources = {op + ("_" + std::to_string(count_++))};
  ops::Builder builder(graph());
  auto outputs = builder.add(std::move(spec));
  CAPTURE((outputs ? std::string() : describe(outputs.error())));
  REQUIRE(outputs.has_value());
  return outputs->front();
}

ir::ValueId TestGraph::transpose(ir::ValueId x, const std::vector<int32_t>& permutation) {
  return add("TRANSPOSE", {x, ints(permutation)});
}

void TestGraph::output(ir::ValueId value, const std::string& name) {
  graph().values[value].name = name;
  graph().outputs.push_back(value);
}

std::string op_list(const ir::Module& module) {
  std::string text;
  for (const ir::Node& node : module.graphs[0].nodes) text += (text.empty() ? "" : " ") + node.op;
  return text;
}

int count_ops(const ir::Module& module, const std::string& op) {
  const auto& nodes = module.graphs[0].nodes;
  return static_cast<int>(std::count_if(nodes.begin(), nodes.end(), [&](const ir::Node& n) { return n.op == op; }));
}

std::vector<Tensor> run_graph(const ir::Module& module, const std::vector<Tensor>& inputs) {
  const ir::Graph& graph = module.graphs[0];
  std::vector<Tensor> tensors(graph.values.size());
  for (size_t i = 0; i < graph.values.size(); ++i) {
    if (graph.values[i].is_constant()) tensors[i] = Tensor::copy_of(graph.constant(static_cast<ir::ValueId>(i)));
  }
  for (size_t i = 0; i < inputs.size(); ++i) tensors[graph.inputs[i]] = inputs[i];
  for (const ir::Node& node : graph.nodes) {
    std::vector<ops::InputOperand> operands;
    for (ir::ValueId id : node.inputs) {
      operands.push_back(id == ir::kNoValue
                             ? ops::InputOperand{}
                             : ops::InputOperand{&graph.values[id].type, tensors[id].view().bytes.data()});
    }
    std::vector<ir::Type> types;
    for (ir::ValueId id : node.outputs) types.push_back(graph.values[id].type);
    auto results = ops::evaluate(*ops::find(node), node, operands, types);
    REQUIRE(results.has_value());
    for (size_t i = 0; i < node.outputs.size(); ++i) tensors[node.outputs[i]] = std::move((*results)[i]);
  }
  std::vector<Tensor> outputs;
  for (ir::ValueId id : graph.outputs) outputs.push_back(tensors[id]);
  return outputs;
}

Checked run_and_compare(const ir::Module& before, Status (*pass)(ir::Module&, PassContext&), double tolerance) {
  ir::Module module = before;
  PassContext context;
  const Status status = run_pass({"under_test", "", pass}, module, context);
  CAPTURE((status ? std::string() : describe(status.error())));
  REQUIRE(status.has_value());
  return check(before, {std::move(module), std::move(context.report)}, tolerance);
}

Checked run_pipeline_and_compare(const ir::Module& before, const PassOptions& options, double tolerance) {
  ir::Module module = before;
  auto report = run_pipeline(module, options);
  CAPTURE((report ? std::string() : describe(report.error())));
  REQUIRE(report.has_value());
  return check(before, {std::move(module), std::move(*report)}, tolerance);
}

}  // namespace pestle::passes
