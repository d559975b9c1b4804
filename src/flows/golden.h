// Golden files (.npz): inputs of a model and the outputs that some other runtime computed from them.
//   in_<i>, or in_<i>_u8 with in_<i>_affine [a, b]: input i = float32(u8) * a + b, cast to the input's type
//   out_<i>; with out_<i>_stride s: every s-th element of the flattened output, from 0
// or, for models of one input and one output, `input` (or input_u8: / 127.5 - 1) and `output`, whose first axis counts
// samples that are run one at a time; pictures have their channels last, whatever the model wants.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"
#include "ir/graph.h"

namespace pestle::flows {

struct ExpectedOutput {
  Tensor values;  // flattened
  size_t stride = 1;
};

struct GoldenSample {
  std::vector<Tensor> inputs;
  std::vector<std::optional<ExpectedOutput>> outputs;  // nothing where the file does not say
};

// Checked against the graph's inputs (dtype and number of elements).
Result<std::vector<GoldenSample>> read_golden(const std::string& path, const ir::Graph& graph);

}  // namespace pestle::flows
