// Pools: fast equals reference bit for bit.
#include "ops/core/pool.h"

#include <doctest/doctest.h>

#include "runtime/both_ways.h"

namespace pestle::runtime::testing {
namespace {

TEST_CASE("pools of every type, window, stride and padding give the reference's bits") {
  Random random(21);
  for (const char* op : {"AVERAGE_POOL_2D", "MAX_POOL_2D"}) {
    for (DType dtype : {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16}) {
      for (int round = 0; round < 12; ++round) {
        NodeCase c;
        c.node.op = op;
        const int64_t height = random.integer(3, 12), width = random.integer(3, 12);
        ops::kFilterH.set(c.node, random.integer(1, 3));
        ops::kFilterW.set(c.node, random.integer(1, 3));
        ops::kStrideH.set(c.node, random.integer(1, 3));
        ops::kStrideW.set(c.node, random.integer(1, 3));
        ops::kPadding.set(c.node, static_cast<ops::Padding>(random.integer(0, 1)));
        ops::kFusedActivation.set(c.node, static_cast<ops::FusedActivation>(random.integer(0, 3)));
        c.inputs = {{dtype, {random.integer(1, 2), height, width, random.integer(1, 70)}, nullptr}};
        if (dtype != DType::kFloat32) c.inputs[0].quantization = ir::per_tensor(0.05f, dtype == DType::kInt16 ? 0 : 5);
        c.output = c.inputs[0];
        INFO(std::string(op), " ", std::string(dtype_name(dtype)), " ", to_string(c.inputs[0].shape));
        std::string kernel;
        CHECK(compare_case(c, random, &kernel) == "");
        CHECK(kernel != "reference");
      }
    }
  }
}

}  // namespace
}  // namespace pestle::runtime::testing
