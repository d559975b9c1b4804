// Operators that pick, place or make elements by index or condition.
#include "parity/generator.h"

namespace pestle::parity {
namespace {

// int4 is gathered by whole bytes: what is copied at a time has an even number of elements.
Status draw_gather(Case& c) {
  const bool is_packed = c.in(0) == DType::kInt4;
  const int rank = static_cast<int>(c.integer(is_packed ? 2 : 1, 4));
  const int axis = static_cast<int>(c.integer(0, is_packed ? rank - 2 : rank - 1));
  const int batch_dims = c.chance(30) ? static_cast<int>(c.integer(0, axis)) : 0;
  Shape shape = c.shape(rank, 5);
  if (is_packed) shape[rank - 1] *= 2;
  std::vector<int64_t> indices(shape.begin(), shape.begin() + batch_dims);
  for (int i = static_cast<int>(c.integer(0, 2)); i > 0; --i) indices.push_back(c.integer(1, 4));
  c.input(c.type(c.in(0), shape));
  c.input({c.in(1), Shape(indices), nullptr}, Range{0, static_cast<double>(shape[axis] - 1)});
  c.set("axis", int64_t{axis});
  c.set("batch_dims", int64_t{batch_dims});
  c.like(0);
  return {};
}

// Indices of `depth` numbers each into a tensor of the given shape.
std::vector<int64_t> draw_places(Case& c, const Shape& shape, int64_t count, int64_t depth) {
  std::vector<int64_t> places;
  for (int64_t i = 0; i < count; ++i) {
    for (int axis = 0; axis < depth; ++axis) places.push_back(c.integer(0, shape[axis] - 1));
  }
  return places;
}

Status draw_gather_nd(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 4));
  const Shape shape = c.shape(rank, 5);
  const int64_t count = c.integer(1, 6), depth = c.integer(1, rank);
  c.input(c.type(c.in(0), shape));
  c.constant_ints(c.in(1), {count, depth}, draw_places(c, shape, count, depth));
  c.like(0);
  return {};
}

Status draw_scatter_nd(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 4));
  const Shape shape = c.shape(rank, 5);
  // Of uint8, where 0 is an end of the range, most elements are set.
  const bool dense = c.in(1) == DType::kUInt8;
  const int64_t count = dense ? 3 * shape[0] : c.integer(1, 6), depth = dense ? 1 : c.integer(1, rank);
  Shape updates{count};
  for (int axis = static_cast<int>(depth); axis < rank; ++axis) updates.push_back(shape[axis]);
  c.constant_ints(DType::kInt32, {count, depth}, draw_places(c, shape, count, depth));
  c.input(c.type(c.in(1), updates));
  c.constant_ints(DType::kInt32, {shape.begin(), shape.end()});
  c.like(1);
  return {};
}

Status draw_select(Case& c) {
  const bool broadcasts = std::string_view(c.def().name) == "SELECT_V2";
  const auto [a, b] = c.broadcast_shapes(static_cast<int>(c.integer(1, 4)));
  const Shape full = *broadcast(a, b);
  const ir::Type type = c.type(c.in(1), broadcasts ? a : full);
  const bool by_row = !broadcasts && c.chance(30);
  c.input({DType::kBool, by_row ? Shape{full[0]} : full, nullptr});
  c.either(type);
  c.either({type.dtype, broadcasts ? b : full, type.quantization});
  c.like(1);
  return {};
}

// Its result's shape depends on the contents, which are constant here.
Status draw_where(Case& c) {
  const double low = c.in(0) == DType::kUInt8 || c.in(0) == DType::kUInt32 ? 0 : -1;
  c.constant({c.in(0), c.shape(static_cast<int>(c.integer(1, 4)), 5), nullptr}, Range{low, 1});
  return {};
}

Status draw_one_hot(Case& c) {
  const int rank = static_cast<int>(c.integer(0, 3));
  const int64_t depth = c.integer(1, 6);
  const DType dtype = c.in(2);
  c.input({c.in(0), c.shape(rank, 4), nullptr}, Range{-1, static_cast<double>(depth)});
  c.constant_ints(DType::kInt32, Shape{}, {depth});
  c.constant(c.type(dtype, {}));
  c.constant({dtype, {}, c.operand(2).type.quantization});
  c.set("axis", c.integer(-1, rank));
  c.like(2);
  return {};
}

Status draw_top_k(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 3));
  const Shape shape = c.shape(rank, 9);
  const bool few = c.chance(40);
  c.input(c.type(c.in(0), shape), few ? std::optional(Range{0, 4}) : std::nullopt);
  c.constant_ints(c.in(1), Shape{}, {c.integer(1, shape[rank - 1])});
  c.outputs(2);
  c.declared(0).quantization = c.operand(0).type.quantization;
  c.declared(1).dtype = c.out(1);
  return {};
}

Status draw_range(Case& c) {
  const DType dtype = c.in(0);
  const double start = static_cast<double>(c.integer(-20, 20)), count = static_cast<double>(c.integer(1, 20));
  const double delta =
      (c.chance(50) ? 1 : -1) * (dtype == DType::kFloat32 ? c.real(0.1, 3) : static_cast<double>(c.integer(1, 4)));
  for (double value : {start, start + delta * count, delta}) c.constant({dtype, {}, nullptr}, Range{value, value});
  return {};
}

Status draw_fill(Case& c) {
  const Shape shape = c.shape(static_cast<int>(c.integer(1, 4)), 5);
  c.constant_ints(c.in(0), {shape.begin(), shape.end()});
  c.input(c.type(c.in(1), {}));
  c.like(1);
  return {};
}

}  // namespace

std::vector<Generator> generators_indexing() {
  return {{.operators = {"GATHER"}, .draw = draw_gather},
          {.operators = {"GATHER_ND"}, .draw = draw_gather_nd},
          {.operators = {"SCATTER_ND"}, .draw = draw_scatter_nd, .each_input = {1}},
          {.operators = {"SELECT", "SELECT_V2"}, .draw = draw_select, .each_input = {1}},
          {.operators = {"WHERE"}, .draw = draw_where},
          {.operators = {"ONE_HOT"}, .draw = draw_one_hot, .each_input = {2}},
          {.operators = {"TOPK_V2"}, .draw = draw_top_k},
          {.operators = {"RANGE"}, .draw = draw_range},
          {.operators = {"FILL"}, .draw = draw_fill, .each_input = {1}}};
}

}  // namespace pestle::parity
