#include "ops/core/split.h"

#include "ops/core/copy.h"

namespace pestle::ops {

Result<std::optional<int>> axis_operand(const Inference& in, int input, int rank) {
  const Shape& shape = in.shape(input);
  if (shape.is_static() && (shape.rank() > 1 || shape.elements() != 1)) {
    return fail(ErrorCode::kInvalidModel, "the axis must be one number");
  }
  const auto known = in.ints(input);
  if (!known || known->empty()) return std::optional<int>();
  const auto axis = resolve_axis(known->front(), rank);
  if (!axis) return fail(ErrorCode::kInvalidModel, "axis " + std::to_string(known->front()) + " is out of range");
  return axis;
}

void copy_pieces(const InputOperand& x, int axis, const std::vector<int64_t>& sizes,
                 std::span<const OutputOperand> outputs) {
  const std::vector<int64_t> steps = row_major_strides(x.shape());
  int64_t at = 0;
  for (size_t k = 0; k < outputs.size(); ++k) {
    Shape piece = x.shape();
    piece[axis] = sizes[k];
    copy_operand({{piece.begin(), piece.end()}, steps, row_major_strides(piece), at * steps[axis]}, x, outputs[k]);
    at += sizes[k];
  }
}

}  // namespace pestle::ops
