// Control flow, variables and shapes that only a run tells.
#include <doctest/doctest.h>

#include <string>

#include "ir/text.h"
#include "runtime/executor.h"

using namespace pestle;

namespace {

ir::Module module_of(const std::string& text) {
  auto module = ir::parse("pestle-module 1\n" + text);
  REQUIRE_MESSAGE(module.has_value(), (module ? "" : describe(module.error())));
  return std::move(*module);
}

class Model {
 public:
  explicit Model(const std::string& text) : pool_(1), executor_(plan_of(module_of(text)), pool_) {}

  template <typename T>
  Model& input(int i, Shape shape, std::initializer_list<T> values) {
    const std::span<const T> all(values.begin(), values.size());
    const Status status = executor_.set_input(i, Tensor::of<T>(std::move(shape), all).view());
    REQUIRE_MESSAGE(status.has_value(), (status ? "" : describe(status.error())));
    return *this;
  }
  Model& run() {
    const Status status = executor_.run();
    REQUIRE_MESSAGE(status.has_value(), (status ? "" : describe(status.error())));
    return *this;
  }
  Status try_run() { return executor_.run(); }
  template <typename T>
  std::vector<T> output(int i) const {
    const auto values = executor_.output(i).values<T>();
    return {values.begin(), values.end()};
  }
  Shape shape(int i) const { return executor_.output(i).shape; }
  bool is_dynamic() const { return executor_.plan().is_dynamic(); }

 private:
  static std::shared_ptr<const runtime::Plan> plan_of(const ir::Module& module) {
    auto plan = runtime::Plan::make(module);
    REQUIRE_MESSAGE(plan.has_value(), (plan ? "" : describe(plan.error())));
    return *plan;
  }

  ThreadPool pool_;
  runtime::Executor executor_;
};

using Floats = std::vector<float>;
using Ints = std::vector<int32_t>;

// state: a counter and a value; `body` makes %3 of %1.
std::string loop(const std::string& shape, const std::string& body) {
  return R"(graph "main" {
    inputs (%0, %1)
    outputs (%2, %3)
    %0 "count" int32[1]
    %1 "value" float32[)" +
         shape + R"(]
    %2 "count_out" int32[1]
    %3 "value_out" float32[)" +
         shape + R"(]
    %2, %3 = WHILE(%0, %1) {cond_subgraph_index = 1, body_subgraph_index = 2} sources ["loop"]
  }
  graph "condition" {
    inputs (%0, %1)
    outputs (%3)
    %0 "count" int32[1]
    %1 "value" float32[)" +
         shape + R"(]
    %2 "limit" int32[1] = [3]
    %3 "again" bool[1]
    %3 = LESS(%0, %2) sources ["less"]
  }
  graph "body" {
    inputs (%0, %1)
    outputs (%4, %3)
    %0 "count" int32[1]
    %1 "value" float32[)" +
         shape + R"(]
    %2 "one" int32[1] = [1]
    %3 "next" float32[)" +
         shape + R"(]
    %4 "next_count" int32[1]
    %4 = ADD(%0, %2) sources ["count"]
    )" + body +
         R"( sources ["body"]
  })";
}

TEST_CASE("a loop runs its body until the condition fails, and not at all if it fails at once") {
  Model model(loop("2", "%3 = ADD(%1, %1)"));
  CHECK(!model.is_dynamic());
  model.input<int32_t>(0, {1}, {0}).input<float>(1, {2}, {1, -3}).run();
  CHECK(model.output<float>(1) == Floats{8, -24});
  CHECK(model.output<int32_t>(0) == Ints{3});
  model.input<int32_t>(0, {1}, {7}).input<float>(1, {2}, {1, -3}).run();
  CHECK(model.output<float>(1) == Floats{1, -3});
}

TEST_CASE("the state of a loop may change its shape") {
  Model model(loop("1", "%3 = CONCATENATION(%1, %1) {axis = 0}"));
  CHECK(model.is_dynamic());
  model.input<int32_t>(0, {1}, {1}).input<float>(1, {1}, {5}).run();
  CHECK(model.output<float>(1) == Floats{5, 5, 5, 5});
  model.input<int32_t>(0, {1}, {2}).input<float>(1, {1}, {6}).run();
  CHECK(model.output<float>(1) == Floats{6, 6});
}

TEST_CASE("a branch is chosen by the condition, and branches may give different shapes") {
  Model model(R"(graph "main" {
    inputs (%0, %1)
    outputs (%3)
    %0 "c" bool[1]
    %1 "x" float32[2]
    %2 "branch" float32[2]
    %3 "y" float32[2]
    %2 = IF(%0, %1) {then_subgraph_index = 1, else_subgraph_index = 2} sources ["if"]
    %3 = NEG(%2) sources ["neg"]
  }
  graph "then" {
    inputs (%0)
    outputs (%0)
    %0 "x" float32[2]
  }
  graph "else" {
    inputs (%0)
    outputs (%1)
    %0 "x" float32[2]
    %1 "twice" float32[4]
    %1 = CONCATENATION(%0, %0) sources ["twice"]
  })");
  model.input<float>(1, {2}, {1, 2});
  model.input<bool>(0, {1}, {true}).run();
  CHECK(model.output<float>(0) == Floats{-1, -2});
  model.input<bool>(0, {1}, {false}).run();
  CHECK(model.output<float>(0) == Floats{-1, -2, -1, -2});
}

TEST_CASE("a variable is initialised once and keeps its value from run to run") {
  Model model(R"(graph "main" {
    inputs (%0)
    outputs (%3)
    %0 "x" float32[2]
    %1 "handle" resource[1]
    %2 "before" float32[2]
    %3 "after" float32[2]
    () = CALL_ONCE() {init_subgraph_index = 1} sources ["init"]
    %1 = VAR_HANDLE() {shared_name = "sum"} sources ["sum"]
    %2 = READ_VARIABLE(%1) sources ["read"]
    %3 = ADD(%2, %0) sources ["add"]
    () = ASSIGN_VARIABLE(%1, %3) sources ["assign"]
  }
  graph "init" {
    inputs ()
    outputs ()
    %0 "handle" resource[1]
    %1 "start" float32[2] = [100, 200]
    %0 = VAR_HANDLE() {shared_name = "sum"} sources ["sum"]
    () = ASSIGN_VARIABLE(%0, %1) sources ["assign"]
  })");
  model.input<float>(0, {2}, {1, 2}).run();
  CHECK(model.output<float>(0) == Floats{101, 202});
  model.run();
  CHECK(model.output<float>(0) == Floats{102, 204});
}

TEST_CASE("a variable that was never assigned is an error that says so") {
  Model model(R"(graph "main" {
    inputs ()
    outputs (%1)
    %0 "handle" resource[1]
    %1 "value" float32[2]
    %0 = VAR_HANDLE() {shared_name = "v"} sources ["v"]
    %1 = READ_VARIABLE(%0) sources ["read"]
  })");
  const Status status = model.try_run();
  REQUIRE(!status);
  CHECK(status.error().message.find("before it is assigned") != std::string::npos);
}

TEST_CASE("graphs that call themselves or none are refused") {
  const std::string call = R"(graph "main" {
    inputs (%0)
    outputs (%1)
    %0 "x" float32[2]
    %1 "y" float32[2]
    %1 = STABLEHLO_COMPOSITE(%0) {decomposition_subgraph_index = 1} sources ["call"]
  })";
  auto none = runtime::Plan::make(module_of(call));
  REQUIRE(!none);
  CHECK(none.error().message.find("no graph 1") != std::string::npos);
  auto endless = runtime::Plan::make(module_of(call + "\n" + call));
  REQUIRE(!endless);
  CHECK(endless.error().message.find("without end") != std::string::npos);
}

TEST_CASE("nodes behind a shape that depends on contents take it as it comes") {
  Model model(R"(graph "main" {
    inputs (%0, %1)
    outputs (%4)
    %0 "mask" bool[4]
    %1 "x" float32[4]
    %2 "where" int64[4,1]
    %3 "chosen" float32[4]
    %4 "y" float32[4]
    %2 = WHERE(%0) sources ["where"]
    %3 = GATHER_ND(%1, %2) sources ["gather"]
    %4 = ADD(%3, %3) sources ["add"]
  })");
  CHECK(model.is_dynamic());
  model.input<bool>(0, {4}, {true, false, false, true}).input<float>(1, {4}, {1, 2, 3, 4}).run();
  CHECK(model.output<float>(0) == Floats{2, 8});
  model.input<bool>(0, {4}, {false, false, false, false}).run();
  CHECK(model.shape(0) == Shape{0});
  model.input<bool>(0, {4}, {true, true, false, true}).run();
  CHECK(model.output<float>(0) == Floats{2, 4, 8});
}

}  // namespace
