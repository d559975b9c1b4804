// Products of batches of matrices, and diagonals.
#include <algorithm>

#include "parity/generator.h"

namespace pestle::parity {
namespace {

Status draw_batch_matmul(Case& c) {
  const bool hybrid = c.in(0) == DType::kFloat32 && c.in(1) == DType::kInt8;
  const bool wide = c.chance(20);
  const int64_t rows = c.integer(1, wide ? 20 : 6), columns = c.integer(1, wide ? 40 : 6);
  const int64_t depth = wide ? c.integer(10, 80) : c.integer(1, 12);
  // The hybrid kernel is right for one axis of batches; its operand is turned by a kernel of another order.
  const int batch_axes = static_cast<int>(c.integer(0, hybrid ? 1 : 3));
  const auto [lead_x, lead_y] = c.broadcast_shapes(batch_axes);
  const bool adj_x = !hybrid && c.chance(30), adj_y = c.chance(40);
  Shape x = lead_x, y = lead_y;
  for (int64_t extent : {adj_x ? depth : rows, adj_x ? rows : depth}) x.push_back(extent);
  for (int64_t extent : {adj_y ? columns : depth, adj_y ? depth : columns}) y.push_back(extent);
  c.input(c.type(c.in(0), x));
  if (hybrid) {
    const int axis = c.chance(50) ? y.rank() - (adj_y ? 2 : 1) : -1;
    c.constant(c.weight(c.in(1), y, axis), Range{-127, 127});
    c.avoid_ties(0, x.elements() / depth);
    if (c.chance(50)) c.set("asymmetric_quantize_inputs", true);
  } else {
    // Beside int16 the zero point must be 0.
    const ir::Type type = c.in(0) == DType::kInt16 ? c.weight(c.in(1), y, -1) : c.type(c.in(1), y);
    c.either(type);
  }
  c.set("adj_x", adj_x);
  c.set("adj_y", adj_y);
  c.declared(0).dtype = c.out(0);
  if (c.out(0) == DType::kInt32) {
    c.declared(0).quantization = ir::per_tensor(c.operand(0).type.scale() * c.operand(1).type.scale(), 0);
    return {};
  }
  return c.fit();
}

Status draw_matrix_diag(Case& c) {
  const Shape shape = c.shape(static_cast<int>(c.integer(1, 4)), 5);
  c.input({c.in(0), shape, nullptr});
  return {};
}

Status draw_matrix_set_diag(Case& c) {
  const Shape shape = c.shape(static_cast<int>(c.integer(2, 4)), 5);
  c.input({c.in(0), shape, nullptr});
  Shape diagonal(shape.dims().first(shape.rank() - 1));
  diagonal[diagonal.rank() - 1] = std::min(shape.back(0), shape.back(1));
  c.input({c.in(0), diagonal, nullptr});
  return {};
}

}  // namespace

std::vector<Generator> generators_matrix() {
  return {{.operators = {"BATCH_MATMUL"}, .draw = draw_batch_matmul, .each_input = {0, 1}, .rescales = true},
          {.operators = {"MATRIX_DIAG"}, .draw = draw_matrix_diag},
          {.operators = {"MATRIX_SET_DIAG"}, .draw = draw_matrix_set_diag}};
}

}  // namespace pestle::parity
