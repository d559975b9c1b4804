// Test samples of operators for layout_test.cpp: a node with operands whose data have `rank` axes of different
// extents.
#pragma once

#include <vector>

#include "base/random.h"
#include "base/tensor.h"
#include "ops/core/op_def.h"

namespace pestle::ops {

struct Sample {
  ir::Node node;
  std::vector<Tensor> inputs;
  int outputs = 1;
  DType output_dtype = DType::kFloat32;  // for operators that take it from the graph
};

// No inputs: there is no sample for this operator.
Sample make_sample(const OpDef& def, Random& random, int rank);

}  // namespace pestle::ops
