// BATCH_MATMUL's options and extents, which its reference and the runtime's binding share.
#pragma once

#include "base/fixed_point.h"
#include "ops/core/op_def.h"

namespace pestle::ops {

inline constexpr BoolOption kAdjX{"adj_x", false};
inline constexpr BoolOption kAdjY{"adj_y", false};

// Operands of static shapes as batches of matrices: x has rows of `depth` values, y columns of as many. An operand
// whose option is set is stored the other way round.
struct MatrixBatches {
  Shape x, y, out;  // the leading axes: x and y broadcast to out
  int64_t rows = 0, columns = 0, depth = 0;
};
MatrixBatches matrix_batches(const ir::Node& node, const Shape& x, const Shape& y);

// The one multiplier of an integer product.
FixedMultiplier product_multiplier(const ir::Type& x, const ir::Type& y, const ir::Type& output);

}  // namespace pestle::ops
