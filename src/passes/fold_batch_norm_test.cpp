#include <doctest/doctest.h>

#include "passes/core/graph_test_tools.h"
#include "passes/passes.h"

using namespace pestle;
using namespace pestle::passes;

namespace {

const std::vector<Property> kStrides = {{"stride_h", int64_t{1}}, {"stride_w", int64_t{1}}};

// The linear operators over an image of 3 channels, each with 6 outputs.
ir::ValueId linear(TestGraph& g, const std::string& op, ir::ValueId x) {
  if (op == "CONV_2D") return g.add("CONV_2D", {x, g.constant({6, 2, 3, 3}), g.constant({6})}, kStrides);
  if (op == "DEPTHWISE_CONV_2D") return g.add("DEPTHWISE_CONV_2D", {x, g.constant({1, 2, 3, 6})}, kStrides);
  return g.add("FULLY_CONNECTED", {x, g.constant({6, 3}), g.constant({6})}, {{"keep_num_dims", true}});
}

}  // namespace

TEST_CASE("factors and summands of each channel go into filter and bias") {
  for (const char* op : {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"}) {
    CAPTURE(op);
    TestGraph g;
    ir::ValueId x = linear(g, op, g.input("x", {2, 5, 7, 3}));
    x = g.add("MUL", {x, g.constant({1, 1, 1, 6}, 0.5, 2)});
    x = g.add("ADD", {g.constant({6}), x});
    x = g.add("SUB", {x, g.constant({1, 6})});
    x = g.add("DIV", {x, g.constant({6}, 0.5, 2)});
    x = g.add("MUL", {x, g.filled({}, 1.5f)});
    g.output(g.add("SUB", {g.constant({6}), x}, {{"fused_activation_function", std::string("RELU")}}), "y");
    const auto after = run_and_compare(g.module, fold_batch_norm);
    CHECK(op_list(after.module) == op);
  }
}

TEST_CASE("a factor that differs within a channel stays") {
  TestGraph g;
  const ir::ValueId x = linear(g, "CONV_2D", g.input("x", {2, 5, 7, 3}));
  g.output(g.add("MUL", {x, g.constant({5, 1, 6})}), "y");
  TestGraph h;
  const ir::ValueId z = linear(h, "CONV_2D", h.input("x", {1, 5, 7, 3}));
  h.output(h.add("ADD", {z, h.constant({2, 1, 1, 6})}), "y");
  CHECK(op_list(run_and_compare(g.module, fold_batch_norm).module) == "CONV_2D MUL");
  CHECK(op_list(run_and_compare(h.module, fold_batch_norm).module) == "CONV_2D ADD");
}

TEST_CASE("a result with another reader or an activation of its own takes no factor") {
  TestGraph g;
  const ir::ValueId x = linear(g, "CONV_2D", g.input("x", {2, 5, 7, 3}));
  g.output(g.add("MUL", {x, g.constant({6})}), "y");
  g.output(x, "z");
  CHECK(op_list(run_and_compare(g.module, fold_batch_norm).module) == "CONV_2D MUL");
}
