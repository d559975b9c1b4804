#include <doctest/doctest.h>

#include "passes/core/graph_test_tools.h"
#include "passes/passes.h"

using namespace pestle;
using namespace pestle::passes;

namespace {

struct Case {
  Shape image;
  std::vector<int32_t> border;  // top, bottom, left, right
  int64_t stride;
  bool folds;
};

}  // namespace

TEST_CASE("a border becomes SAME where SAME looks at the same elements") {
  const Case cases[] = {
      {{1, 7, 9, 2}, {1, 1, 1, 1}, 1, true},  {{1, 8, 6, 2}, {0, 1, 0, 1}, 2, true},
      {{1, 8, 6, 2}, {1, 1, 1, 1}, 2, false}, {{1, 7, 9, 2}, {1, 1, 1, 1}, 2, true},
      {{1, 7, 9, 2}, {2, 0, 1, 1}, 1, false}, {{1, 7, 9, 2}, {1, 1, 0, 0}, 1, false},
      {{1, 8, 6, 2}, {0, 2, 0, 2}, 2, true},
  };
  for (const Case& c : cases) {
    CAPTURE(to_string(c.image));
    TestGraph g;
    const ir::ValueId pads = g.int_matrix({4, 2}, {0, 0, c.border[0], c.border[1], c.border[2], c.border[3], 0, 0});
    const ir::ValueId x = g.add("PAD", {g.input("x", c.image), pads});
    g.output(g.add("CONV_2D", {x, g.constant({4, 3, 3, 2})},
                   {{"stride_h", c.stride}, {"stride_w", c.stride}, {"padding", std::string("VALID")}}),
             "y");
    ir::Module module = run_and_compare(g.module, fold_padding, 0).module;
    module = run_and_compare(module, remove_dead_nodes, 0).module;
    CHECK(op_list(module) == (c.folds ? "CONV_2D" : "PAD CONV_2D"));
  }
}
