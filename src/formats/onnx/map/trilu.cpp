// Trilu -> a product with, or a choice by, a constant mask of the last two axes.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  const Shape& shape = node.shape(0);
  if (shape.rank() < 2) return fail(ErrorCode::kInvalidModel, "its input is no matrix");
  int64_t diagonal = 0;
  if (node.has(1)) {
    PESTLE_ASSIGN(const auto values, node.ints(1, "diagonal"));
    if (values.size() != 1) return fail(ErrorCode::kInvalidModel, "its diagonal is no single number");
    diagonal = values[0];
  }
  const bool upper = node.integer("upper", 1) != 0;
  const int64_t rows = shape.back(1), columns = shape.back(0);
  PESTLE_TRY(check_affordable(rows > 0 && columns > (int64_t{1} << 31) / rows ? -1 : rows * columns));
  std::vector<std::byte> kept;
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = 0; column < columns; ++column) {
      const bool is_kept = upper ? column - row >= diagonal : column - row <= diagonal;
      kept.push_back(static_cast<std::byte>(is_kept ? 1 : 0));
    }
  }
  const ValueId mask = node.emit().constant({DType::kBool, {rows, columns}, kept});
  return f.result(f.select(mask, node.input(0), f.number(0.0, node.dtype(0))));
}

}  // namespace

const Mapping& map_trilu() {
  static const Mapping mapping = {{"Trilu"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
