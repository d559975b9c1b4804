// Cutting an operand along an axis into the outputs of a node: SPLIT, SPLIT_V, UNPACK.
#pragma once

#include <vector>

#include "ops/core/operands.h"

namespace pestle::ops {

// The axis in operand `input` (one number), resolved against `rank`. Nothing inside if it is not known yet.
Result<std::optional<int>> axis_operand(const Inference& in, int input, int rank);

// Output k takes sizes[k] extents of `axis`, one piece after the other. The sizes fit.
void copy_pieces(const InputOperand& x, int axis, const std::vector<int64_t>& sizes,
                 std::span<const OutputOperand> outputs);

}  // namespace pestle::ops
