// Operators that move elements without changing them.
#include <numeric>

#include "parity/generator.h"

namespace pestle::parity {
namespace {

ir::Type data(Case& c, int operand, Shape shape) { return c.type(c.in(operand), std::move(shape)); }

Status draw_reshape(Case& c) {
  const Shape shape = c.shape(static_cast<int>(c.integer(0, 4)), 6);
  c.input(data(c, 0, shape));
  // The extents in another order, two of them merged, one left to be found.
  std::vector<int64_t> extents(shape.begin(), shape.end());
  for (size_t i = extents.size(); i > 1; --i)
    std::swap(extents[i - 1], extents[c.integer(0, static_cast<int64_t>(i) - 1)]);
  if (extents.size() > 1 && c.chance(50)) {
    extents[0] *= extents.back();
    extents.pop_back();
  }
  if (!extents.empty() && c.chance(30)) extents[c.integer(0, static_cast<int64_t>(extents.size()) - 1)] = -1;
  if (extents.empty() || c.chance(70)) {
    if (extents.empty()) extents.push_back(1);
    c.constant_ints(DType::kInt32, extents);
  } else {
    c.set("new_shape", extents);
  }
  c.like(0);
  return {};
}

Status draw_squeeze(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 5));
  Shape shape = c.shape(rank, 4);
  shape[static_cast<int>(c.integer(0, rank - 1))] = 1;
  c.input(data(c, 0, shape));
  std::vector<int64_t> axes;
  for (int axis = 0; axis < rank; ++axis) {
    if (shape[axis] == 1 && c.chance(50)) axes.push_back(c.chance(30) ? axis - rank : axis);
  }
  c.set("squeeze_dims", axes);
  c.like(0);
  return {};
}

Status draw_expand_dims(Case& c) {
  const int rank = static_cast<int>(c.integer(0, 4));
  c.input(data(c, 0, c.shape(rank)));
  c.constant_ints(c.in(1), Shape{}, {c.integer(-rank - 1, rank)});
  c.like(0);
  return {};
}

Status draw_transpose(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 6));
  c.input(data(c, 0, c.shape(rank, rank > 4 ? 3 : 6)));
  std::vector<int64_t> permutation(rank);
  std::iota(permutation.begin(), permutation.end(), 0);
  for (int i = rank; i > 1; --i) std::swap(permutation[i - 1], permutation[c.integer(0, i - 1)]);
  c.constant_ints(DType::kInt32, permutation);
  c.like(0);
  return {};
}

Status draw_concatenation(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 4)), axis = static_cast<int>(c.integer(0, rank - 1));
  Shape shape = c.shape(rank, 5);
  const int count = static_cast<int>(c.integer(1, 4));
  for (int i = 0; i < count; ++i) {
    shape[axis] = c.integer(1, 5);
    ir::Type type = data(c, 0, shape);
    // uint8 brings every input to the output's parameters; the others want the same.
    if (i > 0 && type.quantization && c.in(0) != DType::kUInt8) type.quantization = c.operand(0).type.quantization;
    c.either(type);
  }
  c.set("axis", int64_t{c.chance(30) ? axis - rank : axis});
  if (c.in(0) == DType::kUInt8) return c.fit();
  c.like(0);
  return {};
}

Status draw_pack(Case& c) {
  const int rank = static_cast<int>(c.integer(0, 4)), count = static_cast<int>(c.integer(1, 4));
  const ir::Type type = data(c, 0, c.shape(rank, 5));
  for (int i = 0; i < count; ++i) c.either(type);
  c.set("values_count", int64_t{count});
  c.set("axis", c.integer(-rank - 1, rank));
  c.like(0);
  return {};
}

Status draw_unpack(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 4)), axis = static_cast<int>(c.integer(0, rank - 1));
  const Shape shape = c.shape(rank, 5);
  c.input(data(c, 0, shape));
  c.set("num", shape[axis]);
  c.set("axis", int64_t{c.chance(30) ? axis - rank : axis});
  c.outputs(static_cast<int>(shape[axis]));
  c.like(0);
  return {};
}

Status draw_split(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 4)), axis = static_cast<int>(c.integer(0, rank - 1));
  const int count = static_cast<int>(c.integer(1, 4));
  Shape shape = c.shape(rank, 5);
  shape[axis] = count * c.integer(1, 4);
  c.constant_ints(DType::kInt32, Shape{}, {c.chance(30) ? axis - rank : axis});
  c.input(data(c, 1, shape));
  c.set("num_splits", int64_t{count});
  c.outputs(count);
  c.like(1);
  return {};
}

Status draw_split_v(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 4)), axis = static_cast<int>(c.integer(0, rank - 1));
  const int count = static_cast<int>(c.integer(1, 4));
  std::vector<int64_t> sizes;
  for (int i = 0; i < count; ++i) sizes.push_back(c.integer(1, 4));
  Shape shape = c.shape(rank, 5);
  shape[axis] = std::accumulate(sizes.begin(), sizes.end(), int64_t{0});
  if (c.chance(30)) sizes[c.integer(0, count - 1)] = -1;
  c.input(data(c, 0, shape));
  c.constant_ints(c.in(1), sizes);
  c.constant_ints(DType::kInt32, Shape{}, {c.chance(30) ? axis - rank : axis});
  c.set("num_splits", int64_t{count});
  c.outputs(count);
  c.like(0);
  return {};
}

Status draw_slice(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 5));
  const Shape shape = c.shape(rank, 6);
  c.input(data(c, 0, shape));
  std::vector<int64_t> begin, size;
  for (int64_t extent : shape) {
    begin.push_back(c.integer(0, extent - 1));
    size.push_back(c.chance(20) ? -1 : c.integer(1, extent - begin.back()));
  }
  const DType index = c.in(1);
  c.constant_ints(index, begin);
  c.constant_ints(index, size);
  c.like(0);
  return {};
}

Status draw_strided_slice(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 4));
  const Shape shape = c.shape(rank, 6);
  c.input(data(c, 0, shape));
  std::vector<int64_t> begin, end, strides;
  int64_t shrink = 0;
  for (int axis = 0; axis < rank; ++axis) {
    const int64_t extent = shape[axis];
    if (c.chance(15)) {
      shrink |= int64_t{1} << axis;
      begin.push_back(c.integer(-extent, extent - 1));
      end.push_back(begin.back() + 1);
      strides.push_back(1);
      continue;
    }
    const bool backwards = c.chance(30);
    strides.push_back(backwards ? -c.integer(1, 3) : c.integer(1, 3));
    begin.push_back(c.integer(-extent - 1, extent + 1));
    end.push_back(c.integer(-extent - 1, extent + 1));
  }
  const int64_t all = (int64_t{1} << rank) - 1;
  c.constant_ints(DType::kInt32, begin);
  c.constant_ints(DType::kInt32, end);
  c.constant_ints(DType::kInt32, strides);
  c.set("shrink_axis_mask", shrink);
  c.set("begin_mask", c.integer(0, all) & ~shrink);
  c.set("end_mask", c.integer(0, all) & ~shrink);
  c.like(0);
  return {};
}

Status draw_pad(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 4));
  const Shape shape = c.shape(rank, 5);
  const std::string_view op = c.def().name;
  const bool mirrors = op == "MIRROR_PAD", reflects = mirrors && c.chance(50);
  ir::Type type = data(c, 0, shape);
  // What is filled in is the zero point: at an end of the range it would count as saturated.
  if (type.dtype == DType::kInt8) type.quantization = ir::per_tensor(type.scale(), c.integer(-100, 100));
  if (type.dtype == DType::kUInt8) type.quantization = ir::per_tensor(type.scale(), c.integer(20, 230));
  c.input(type);
  std::vector<int64_t> paddings;
  for (int64_t extent : shape) {
    const int64_t most = mirrors ? (reflects ? extent - 1 : extent) : 3;
    paddings.push_back(c.integer(0, most));
    paddings.push_back(c.integer(0, most));
  }
  c.constant_ints(c.in(1), {rank, 2}, paddings);
  if (op == "PADV2") {
    ir::Type value{c.in(0), {}, c.operand(0).type.quantization};
    c.constant(value);
  }
  if (mirrors) c.set("mode", std::string(reflects ? "REFLECT" : "SYMMETRIC"));
  c.like(0);
  return {};
}

Status draw_tile(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 4));
  c.input(data(c, 0, c.shape(rank, 4)));
  std::vector<int64_t> multiples;
  for (int axis = 0; axis < rank; ++axis) multiples.push_back(c.integer(1, 3));
  c.constant_ints(c.in(1), multiples);
  c.like(0);
  return {};
}

Status draw_broadcast_to(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 5));
  const Shape full = c.shape(rank, 4);
  std::vector<int64_t> from;
  for (int axis = static_cast<int>(c.integer(0, rank - 1)); axis < rank; ++axis)
    from.push_back(c.chance(50) ? 1 : full[axis]);
  c.input(data(c, 0, Shape(from)));
  c.constant_ints(c.in(1), {full.begin(), full.end()});
  c.like(0);
  return {};
}

Status draw_reverse(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 4));
  c.input(data(c, 0, c.shape(rank, 5)));
  // Neighbouring axes, in rising order: what the kernel takes.
  std::vector<int64_t> axes = {c.integer(0, rank - 1)};
  while (axes.back() + 1 < rank && c.chance(40)) axes.push_back(axes.back() + 1);
  c.constant_ints(DType::kInt32, axes);
  c.like(0);
  return {};
}

Status draw_blocks(Case& c) {
  const int64_t block = c.integer(1, 3);
  const int64_t h = c.integer(1, 4), w = c.integer(1, 4), channels = c.integer(1, 4), batches = c.integer(1, 2);
  const bool to_depth = std::string_view(c.def().name) == "SPACE_TO_DEPTH";
  c.input(
      data(c, 0,
           to_depth ? Shape{batches, h * block, w * block, channels} : Shape{batches, h, w, channels * block * block}));
  c.set("block_size", block);
  c.like(0);
  return {};
}

Status draw_shape(Case& c) {
  c.input(data(c, 0, c.shape(static_cast<int>(c.integer(1, 5)), 6)));
  c.set("out_type", std::string(c.out(0) == DType::kInt64 ? "INT64" : "INT32"));
  c.declared(0).dtype = c.out(0);
  return {};
}

}  // namespace

std::vector<Generator> generators_movement() {
  return {{.operators = {"RESHAPE"}, .draw = draw_reshape},
          {.operators = {"SQUEEZE"}, .draw = draw_squeeze},
          {.operators = {"EXPAND_DIMS"}, .draw = draw_expand_dims},
          {.operators = {"TRANSPOSE"}, .draw = draw_transpose},
          {.operators = {"CONCATENATION"}, .draw = draw_concatenation},
          {.operators = {"PACK"}, .draw = draw_pack},
          {.operators = {"UNPACK"}, .draw = draw_unpack},
          {.operators = {"SPLIT"}, .draw = draw_split, .each_input = {1}},
          {.operators = {"SPLIT_V"}, .draw = draw_split_v},
          {.operators = {"SLICE"}, .draw = draw_slice},
          {.operators = {"STRIDED_SLICE"}, .draw = draw_strided_slice},
          {.operators = {"PAD", "PADV2", "MIRROR_PAD"}, .draw = draw_pad},
          {.operators = {"TILE"}, .draw = draw_tile},
          {.operators = {"BROADCAST_TO"}, .draw = draw_broadcast_to},
          {.operators = {"REVERSE_V2"}, .draw = draw_reverse},
          {.operators = {"SPACE_TO_DEPTH", "DEPTH_TO_SPACE"}, .draw = draw_blocks},
          {.operators = {"SHAPE"}, .draw = draw_shape}};
}

}  // namespace pestle::parity
