#include "tests/fuzz/small_module.h"

#include "ops/core/builder.h"
#include "ops/core/registry.h"

namespace pestle::fuzz {
namespace {

class SmallModule {
 public:
  Result<ir::Module> build() {
    ir::Value input;
    input.name = "x";
    input.type = {DType::kFloat32, {1, 8, 8, 3}, nullptr};
    const ir::ValueId x = builder_.graph().add_value(std::move(input));
    builder_.graph().inputs = {x};
    ir::Node window;
    for (const char* name : {"stride_w", "stride_h"}) window.attributes.set(name, int64_t{1});
    PESTLE_ASSIGN(const ir::ValueId conv, add("CONV_2D", {x, floats("w", {4, 3, 3, 3}), floats("b", {4})}, window));
    PESTLE_ASSIGN(const ir::ValueId sum, add("ADD", {conv, floats("c", {4})}, {}));
    PESTLE_ASSIGN(const ir::ValueId both, add("CONCATENATION", {conv, sum}, axis(3)));
    PESTLE_ASSIGN(const ir::ValueId mean, add("MEAN", {both, builder_.ints("axes", {1, 2})}, {}));
    PESTLE_ASSIGN(const ir::ValueId dense, add("FULLY_CONNECTED", {mean, floats("v", {5, 8}), floats("d", {5})}, {}));
    PESTLE_ASSIGN(const ir::ValueId y, add("SOFTMAX", {dense}, beta()));
    builder_.graph().outputs = {y, mean};
    ir::Module module;
    module.graphs.push_back(std::move(graph_));
    return module;
  }

 private:
  static ir::Node axis(int64_t value) {
    ir::Node node;
    node.attributes.set("axis", value);
    return node;
  }
  static ir::Node beta() {
    ir::Node node;
    node.attributes.set("beta", 1.0);
    return node;
  }
  ir::ValueId floats(const char* name, Shape shape) {
    std::vector<float> values(static_cast<size_t>(shape.elements()));
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 7) - 3;
    return builder_.constant(name, Tensor::of<float>(std::move(shape), std::span<const float>(values)).view());
  }
  Result<ir::ValueId> add(const char* op, std::vector<ir::ValueId> inputs, ir::Node properties) {
    ops::NodeSpec spec;
    spec.def = ops::find(op);
    spec.inputs = std::move(inputs);
    spec.properties = std::move(properties);
    spec.names = {std::string(op) + "_out"};
    spec.sources = {op};
    PESTLE_ASSIGN(const auto outputs, builder_.add(std::move(spec)));
    return outputs[0];
  }

  ir::Graph graph_;
  ops::Builder builder_{graph_};
};

}  // namespace

Result<ir::Module> small_module() { return SmallModule().build(); }

}  // namespace pestle::fuzz
