// Det: the sum over permutations, by rows: the determinant over a set of columns is that of the rows before, over the
// set less a column, times the element there, with alternating signs.
#include <bit>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

constexpr int64_t kMostRows = 6;  // 192 products

Result<ValueIds> map(NodeContext& node) {
  const Shape shape = node.shape(0);
  const int rank = shape.rank();
  if (rank < 2 || shape[rank - 1] != shape[rank - 2] || shape[rank - 1] < 1)
    return fail(ErrorCode::kInvalidModel, "its matrices are not square");
  const int64_t n = shape[rank - 1];
  if (n > kMostRows) return unsupported("determinants of more than 6 rows");
  Formula f(node.emit());
  const auto element = [&](int64_t row, int64_t column) {
    return f.slice(f.slice(node.input(0), rank - 2, row, 1), rank - 1, column, 1);
  };
  std::vector<ValueId> minors(size_t{1} << n, ir::kNoValue);
  for (size_t columns = 1; columns < minors.size(); ++columns) {
    const int row = std::popcount(columns) - 1;
    int place = 0;  // of the column among those of the set
    for (int64_t column = 0; column < n; ++column) {
      if ((columns >> column & 1) == 0) continue;
      const ValueId rest = minors[columns & ~(size_t{1} << column)];
      const ValueId term = row == 0 ? element(row, column) : f.mul(element(row, column), rest);
      const bool negative = (row + place++) % 2 != 0;
      ValueId& sum = minors[columns];
      if (sum == ir::kNoValue) {
        sum = negative ? f.op("NEG", {term}) : term;
      } else {
        sum = negative ? f.sub(sum, term) : f.add(sum, term);
      }
    }
  }
  return f.result(f.reshape(minors.back(), Shape(shape.dims().first(rank - 2))));
}

}  // namespace

const Mapping& map_det() {
  static const Mapping mapping = {{"Det"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
