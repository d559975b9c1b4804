// Segments, sparse places, sequences and blocks of batches.
#include <algorithm>
#include <numeric>

#include "parity/generator.h"

namespace pestle::parity {
namespace {

ir::Type plain(Case& c, int operand, Shape shape) { return {c.in(operand), std::move(shape), nullptr}; }

Status draw_dynamic_update_slice(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 4));
  const Shape shape = c.shape(rank, 6);
  Shape update = shape;
  std::vector<int64_t> start;
  for (int axis = 0; axis < rank; ++axis) {
    update[axis] = c.integer(1, shape[axis]);
    start.push_back(c.integer(-1, shape[axis] + 1));
  }
  const ir::Type type = c.type(c.in(0), shape);
  c.input(type);
  c.input({c.in(1), update, type.quantization});
  c.constant_ints(c.in(2), start);
  c.like(0);
  return {};
}

Status draw_embedding_lookup(Case& c) {
  const bool hybrid = c.out(0) == DType::kFloat32 && c.in(1) != DType::kFloat32;
  const int rank = static_cast<int>(c.integer(2, 3));
  Shape table = c.shape(rank, 7);
  if (c.in(1) == DType::kInt4) table[rank - 1] *= 2;
  const int64_t count = c.integer(1, 8);
  c.input({DType::kInt32, {count}, nullptr}, Range{0, static_cast<double>(table[0] - 1)});
  if (hybrid) {
    const bool by_row = c.chance(50) && c.in(1) != DType::kUInt8 && rank == 2;
    c.constant(c.weight(c.in(1), table, by_row ? 0 : -1));
  } else {
    c.either(c.type(c.in(1), table));
    c.like(1);
  }
  c.declared(0).dtype = c.out(0);
  return {};
}

Status draw_batch_blocks(Case& c) {
  const bool into_batch = std::string_view(c.def().name) == "SPACE_TO_BATCH_ND";
  const int spatial = c.chance(25) ? 1 : 2;
  std::vector<int64_t> block, edges;
  Shape shape{c.integer(1, 2)};
  for (int i = 0; i < spatial; ++i) {
    const int64_t size = c.integer(1, 3), count = c.integer(1, 4);
    block.push_back(size);
    if (into_batch) {
      const int64_t before = c.integer(0, std::min<int64_t>(3, size * count - 1));
      const int64_t after = c.integer(0, std::min<int64_t>(3, size * count - 1 - before));
      edges.insert(edges.end(), {before, after});
      shape.push_back(size * count - before - after);
    } else {
      const int64_t before = c.integer(0, std::min<int64_t>(2, size * count - 1));
      edges.insert(edges.end(), {before, c.integer(0, std::min<int64_t>(2, size * count - 1 - before))});
      shape.push_back(count);
      shape[0] *= size;
    }
  }
  shape.push_back(c.integer(1, 5));
  ir::Type type = c.type(c.in(0), shape);
  // What is filled in is the zero point: at an end of the range it would count as saturated.
  if (type.dtype == DType::kInt8) type.quantization = ir::per_tensor(type.scale(), c.integer(-100, 100));
  if (type.dtype == DType::kUInt8) type.quantization = ir::per_tensor(type.scale(), c.integer(20, 230));
  c.input(type);
  c.constant_ints(DType::kInt32, block);
  c.constant_ints(DType::kInt32, {spatial, 2}, edges);
  c.like(0);
  return {};
}

Status draw_reverse_sequence(Case& c) {
  const int rank = static_cast<int>(c.integer(2, 4));
  const Shape shape = c.shape(rank, 6);
  const int batch = static_cast<int>(c.integer(0, rank - 1));
  const int sequence = (batch + static_cast<int>(c.integer(1, rank - 1))) % rank;
  ir::Type type = c.type(c.in(0), shape);
  c.input(type);
  c.input({c.in(1), {shape[batch]}, nullptr}, Range{0, static_cast<double>(shape[sequence])});
  c.set("seq_dim", int64_t{sequence});
  c.set("batch_dim", int64_t{batch});
  c.like(0);
  return {};
}

Status draw_sparse_to_dense(Case& c) {
  const int axes = static_cast<int>(c.integer(1, 4));
  const Shape shape = c.shape(axes, 5);
  const int rank = axes == 1 ? static_cast<int>(c.integer(0, 2)) : 2;
  // Places in rising order without repeats, as the kernel expects them.
  std::vector<int64_t> flat(static_cast<size_t>(shape.elements()));
  std::iota(flat.begin(), flat.end(), 0);
  const int64_t count = rank == 0 ? 1 : c.integer(1, std::min<int64_t>(6, shape.elements()));
  for (int64_t i = 0; i < count; ++i) std::swap(flat[i], flat[c.integer(i, static_cast<int64_t>(flat.size()) - 1)]);
  flat.resize(static_cast<size_t>(count));
  std::sort(flat.begin(), flat.end());
  const std::vector<int64_t> steps = row_major_strides(shape);
  std::vector<int64_t> places;
  for (int64_t at : flat) {
    for (int axis = 0; axis < axes; ++axis) places.push_back(at / steps[axis] % shape[axis]);
  }
  c.constant_ints(c.in(0), rank == 2 ? Shape{count, axes} : (rank == 1 ? Shape{count} : Shape{}), places);
  c.constant_ints(c.in(1), {shape.begin(), shape.end()});
  c.input(plain(c, 2, rank == 0 || c.chance(30) ? Shape{} : Shape{count}));
  c.input(plain(c, 2, {}));
  return {};
}

Status draw_segment_sum(Case& c) {
  const Shape shape = c.shape(static_cast<int>(c.integer(1, 3)), 7);
  std::vector<int64_t> ids = {0};
  while (static_cast<int64_t>(ids.size()) < shape[0]) ids.push_back(ids.back() + c.integer(0, 1));
  c.input(plain(c, 0, shape));
  c.constant_ints(DType::kInt32, ids);
  return {};
}

Status draw_unsorted_segment(Case& c) {
  const Shape shape = c.shape(static_cast<int>(c.integer(1, 3)), 5);
  const Shape ids(shape.dims().first(static_cast<size_t>(c.integer(1, shape.rank()))));
  const int64_t segments = c.integer(1, 5);
  c.input(plain(c, 0, shape), Range{-6, 6});
  c.input({DType::kInt32, ids, nullptr}, Range{-1, static_cast<double>(segments - 1)});
  c.constant_ints(DType::kInt32, Shape{}, {segments});
  return {};
}

Status draw_unique(Case& c) {
  const bool is_unsigned = c.in(0) == DType::kUInt8;
  c.constant(plain(c, 0, {c.integer(1, 20)}),
             c.chance(70) ? std::optional(Range{is_unsigned ? 0.0 : -4.0, 4}) : std::nullopt);
  c.outputs(2);
  const DType index = c.any_of({DType::kInt32, DType::kInt64});
  c.declared(0).dtype = c.in(0);
  c.declared(1).dtype = index;
  c.set("idx_out_type", std::string(index == DType::kInt64 ? "INT64" : "INT32"));
  return {};
}

Status draw_bucketize(Case& c) {
  std::vector<double> boundaries;
  for (int64_t i = c.integer(1, 8); i > 0; --i) boundaries.push_back(static_cast<double>(c.integer(-20, 20)) / 2);
  std::sort(boundaries.begin(), boundaries.end());
  c.set("boundaries", boundaries);
  c.input(plain(c, 0, c.shape(static_cast<int>(c.integer(1, 4)))), Range{-12, 12});
  return {};
}

Status draw_dilate(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 4));
  std::vector<int64_t> dilations;
  for (int axis = 0; axis < rank; ++axis) dilations.push_back(c.integer(1, 3));
  c.input(plain(c, 0, c.shape(rank, 5)));
  c.constant_ints(DType::kInt32, dilations);
  c.input(plain(c, 0, {}));
  return {};
}

Status draw_reduce_window(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 4));
  std::vector<int64_t> window, strides, dilations;
  Shape shape;
  for (int axis = 0; axis < rank; ++axis) {
    window.push_back(c.integer(1, 3));
    strides.push_back(c.integer(1, 3));
    dilations.push_back(c.integer(1, 2));
    shape.push_back((window[axis] - 1) * dilations[axis] + 1 + strides[axis] * c.integer(0, 3));
  }
  c.input(plain(c, 0, shape), Range{0, 9});
  c.input(plain(c, 0, {}), Range{0, 3});
  for (const auto& list : {window, strides, dilations}) c.constant_ints(DType::kInt64, list);
  c.set("reduce_function", std::string(c.any_of({"ADD", "MUL", "MINIMUM", "MAXIMUM", "ALL", "ANY"})));
  return {};
}

}  // namespace

std::vector<Generator> generators_segments() {
  return {
      {.operators = {"DYNAMIC_UPDATE_SLICE"}, .draw = draw_dynamic_update_slice, .each_input = {0}},
      {.operators = {"EMBEDDING_LOOKUP"}, .draw = draw_embedding_lookup, .each_input = {1}},
      {.operators = {"SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND"}, .draw = draw_batch_blocks},
      {.operators = {"REVERSE_SEQUENCE"}, .draw = draw_reverse_sequence},
      {.operators = {"SPARSE_TO_DENSE"}, .draw = draw_sparse_to_dense, .each_input = {2}},
      {.operators = {"SEGMENT_SUM"}, .draw = draw_segment_sum},
      {.operators = {"UNSORTED_SEGMENT_SUM", "UNSORTED_SEGMENT_PROD", "UNSORTED_SEGMENT_MAX", "UNSORTED_SEGMENT_MIN"},
       .draw = draw_unsorted_segment},
      {.operators = {"UNIQUE"}, .draw = draw_unique},
      {.operators = {"BUCKETIZE"}, .draw = draw_bucketize},
      {.operators = {"DILATE"}, .draw = draw_dilate},
      {.operators = {"REDUCE_WINDOW"}, .draw = draw_reduce_window}};
}

}  // namespace pestle::parity
