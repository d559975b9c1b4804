#include "ops/core/layout_samples.h"

#include <algorithm>
#include <string_view>

#include "ops/core/option.h"

namespace pestle::ops {
namespace {

Tensor random_tensor(Random& random, DType dtype, const Shape& shape) {
  Tensor tensor(dtype, shape);
  for (int64_t i = 0; i < tensor.elements(); ++i) {
    switch (dtype) {
      case DType::kFloat32: tensor.data<float>()[i] = static_cast<float>(random.real(0.1, 2)); break;
      case DType::kBool: tensor.data<bool>()[i] = random.integer(0, 1) != 0; break;
      default: tensor.view().bytes[static_cast<size_t>(i)] = static_cast<std::byte>(random.integer(0, 9)); break;
    }
  }
  return tensor;
}

// Extents that all differ, so that a swapped axis cannot go unnoticed.
Shape random_shape(Random& random, int rank) {
  std::vector<int64_t> extents = {2, 3, 4, 5, 6, 7};
  for (size_t i = extents.size() - 1; i > 0; --i)
    std::swap(extents[i], extents[random.integer(0, static_cast<int64_t>(i))]);
  extents.resize(rank);
  return Shape(extents);
}

Tensor ints(const std::vector<int32_t>& values) {
  return Tensor::of<int32_t>(Shape{static_cast<int64_t>(values.size())}, values);
}
Tensor scalar(int32_t value) { return Tensor::of<int32_t>({}, std::vector<int32_t>{value}); }

// What a row of the table has at hand.
struct Draw {
  Random& random;
  Shape shape;
  int rank() const { return shape.rank(); }
  Tensor data() { return random_tensor(random, DType::kFloat32, shape); }
  // Counted from the front or from the end.
  int32_t axis() { return static_cast<int32_t>(random.integer(-rank(), rank() - 1)); }
  int place(int32_t axis) const { return axis < 0 ? axis + rank() : axis; }
  int64_t below(int64_t limit) { return random.integer(0, limit - 1); }
};

Sample concatenation(Draw draw) {
  Sample sample;
  const int32_t axis = draw.axis();
  sample.node.attributes.set("axis", int64_t{axis});
  for (int i = 0; i < 3; ++i) {
    draw.shape[draw.place(axis)] = draw.random.integer(1, 4);
    sample.inputs.push_back(draw.data());
  }
  return sample;
}

Sample pad(Draw draw) {
  std::vector<int32_t> paddings;
  for (int i = 0; i < 2 * draw.rank(); ++i) paddings.push_back(static_cast<int32_t>(draw.below(2)));
  return {{}, {draw.data(), Tensor::of<int32_t>({draw.rank(), 2}, paddings)}};
}

Sample squeeze(Draw draw) {
  Sample sample;
  std::vector<int64_t> dims;
  for (int axis = 0; axis < draw.rank(); ++axis) {
    if (draw.below(2) == 0) continue;
    draw.shape[axis] = 1;
    dims.push_back(draw.below(2) == 0 ? axis : axis - draw.rank());
  }
  if (draw.below(3) != 0) sample.node.attributes.set("squeeze_dims", dims);
  sample.inputs = {draw.data()};
  return sample;
}

Sample gather(Draw draw) {
  Sample sample;
  const int32_t axis = draw.axis();
  sample.node.attributes.set("axis", int64_t{axis});
  Shape shape;
  if (draw.below(4) == 0 && draw.place(axis) > 0) {
    sample.node.attributes.set("batch_dims", int64_t{1});
    shape.push_back(draw.shape[0]);
  }
  for (int64_t i = draw.below(3); i > 0; --i) shape.push_back(8 + i);
  std::vector<int32_t> indices;
  for (int64_t i = 0; i < shape.elements(); ++i) {
    indices.push_back(static_cast<int32_t>(draw.below(draw.shape[draw.place(axis)])));
  }
  sample.inputs = {draw.data(), Tensor::of<int32_t>(shape, indices)};
  return sample;
}

Sample slice(Draw draw) {
  std::vector<int32_t> begin, size;
  for (int64_t extent : draw.shape) {
    begin.push_back(static_cast<int32_t>(draw.below(extent)));
    size.push_back(draw.below(3) == 0 ? -1 : static_cast<int32_t>(draw.random.integer(1, extent - begin.back())));
  }
  return {{}, {draw.data(), ints(begin), ints(size)}};
}

Sample strided_slice(Draw draw) {
  Sample sample;
  const int64_t count = draw.random.integer(1, draw.rank());
  const int64_t fresh = draw.below(3) == 0 ? draw.below(1 << count) : 0;
  std::vector<int32_t> begin, end, strides;
  int64_t shrink = 0;
  const int64_t ellipsis = draw.below(2) == 0 ? draw.below(count) : count;
  for (int64_t k = 0; k < count; ++k) {
    const bool shrinks = k != ellipsis && draw.below(3) == 0;
    shrink |= int64_t{shrinks} << k;
    strides.push_back(static_cast<int32_t>(shrinks ? 1 : draw.random.integer(1, 2) * (draw.below(2) == 0 ? 1 : -1)));
    begin.push_back(static_cast<int32_t>(draw.random.integer(-2, 1)));
    end.push_back(static_cast<int32_t>(draw.random.integer(-3, 6)));
  }
  sample.node.attributes.set("shrink_axis_mask", shrink);
  sample.node.attributes.set("begin_mask", draw.below(1 << count) & ~shrink);
  sample.node.attributes.set("end_mask", draw.below(1 << count));
  sample.node.attributes.set("new_axis_mask", fresh);
  if (ellipsis < count) sample.node.attributes.set("ellipsis_mask", int64_t{1} << ellipsis);
  if (draw.below(3) == 0) sample.node.attributes.set("offset", true);
  sample.inputs = {draw.data(), ints(begin), ints(end), ints(strides)};
  return sample;
}

Sample expand_dims(Draw draw) {
  return {{}, {draw.data(), scalar(static_cast<int32_t>(draw.random.integer(-draw.rank() - 1, draw.rank())))}};
}

Sample pack(Draw draw) {
  Sample sample;
  sample.node.attributes.set("axis", draw.random.integer(-draw.rank() - 1, draw.rank()));
  sample.node.attributes.set("values_count", int64_t{3});
  for (int i = 0; i < 3; ++i) sample.inputs.push_back(draw.data());
  return sample;
}

Sample unpack(Draw draw) {
  Sample sample;
  const int32_t axis = draw.axis();
  sample.outputs = static_cast<int>(draw.shape[draw.place(axis)]);
  sample.node.attributes.set("axis", int64_t{axis});
  sample.node.attributes.set("num", int64_t{sample.outputs});
  sample.inputs = {draw.data()};
  return sample;
}

Sample split(Draw draw) {
  Sample sample;
  const int32_t axis = draw.axis();
  sample.outputs = static_cast<int>(draw.shape[draw.place(axis)]);
  sample.node.attributes.set("num_splits", int64_t{sample.outputs});
  draw.shape[draw.place(axis)] *= 2;
  sample.inputs = {scalar(axis), draw.data()};
  return sample;
}

Sample split_v(Draw draw) {
  Sample sample;
  const int32_t axis = draw.axis();
  sample.outputs = 2;
  sample.node.attributes.set("num_splits", int64_t{2});
  sample.inputs = {draw.data(), ints({1, -1}), scalar(axis)};
  return sample;
}

Sample padv2(Draw draw) {
  Sample sample = pad(draw);
  sample.inputs.push_back(Tensor::of<float>({}, std::vector<float>{7}));
  return sample;
}

Sample mirror_pad(Draw draw) {
  Sample sample = pad(draw);
  if (draw.below(2) == 0) sample.node.attributes.set("mode", std::string("SYMMETRIC"));
  return sample;
}

Sample tile(Draw draw) {
  std::vector<int32_t> multiples;
  for (int axis = 0; axis < draw.rank(); ++axis) multiples.push_back(static_cast<int32_t>(draw.random.integer(1, 2)));
  return {{}, {draw.data(), ints(multiples)}};
}

Sample broadcast_to(Draw draw) {
  std::vector<int32_t> target;
  for (int64_t added = draw.below(3); added > 0; --added) target.push_back(static_cast<int32_t>(added));
  for (int axis = 0; axis < draw.rank(); ++axis) {
    int64_t& extent = draw.shape[axis];
    target.push_back(static_cast<int32_t>(extent));
    if (draw.below(2) == 0) extent = 1;
  }
  return {{}, {draw.data(), ints(target)}};
}

Sample reverse(Draw draw) {
  const int32_t first = draw.axis();
  const int32_t second = static_cast<int32_t>((draw.place(first) + 1) % draw.rank());
  return {{}, {draw.data(), ints({first, second})}};
}

Sample cumsum(Draw draw) {
  Sample sample;
  if (draw.below(2) == 0) sample.node.attributes.set("exclusive", true);
  if (draw.below(2) == 0) sample.node.attributes.set("reverse", true);
  sample.inputs = {draw.data(), scalar(draw.axis())};
  return sample;
}

Sample select(Draw draw) {
  return {{}, {random_tensor(draw.random, DType::kBool, draw.shape), draw.data(), draw.data()}};
}

Sample topk(Draw draw) {
  Sample sample;
  sample.outputs = 2;
  sample.inputs = {draw.data(), scalar(static_cast<int32_t>(draw.random.integer(1, draw.shape.back(0))))};
  return sample;
}

// Whole numbers, so that a sum is the same in every order.
Tensor whole_numbers(Draw& draw) {
  Tensor tensor(DType::kFloat32, draw.shape);
  for (int64_t i = 0; i < tensor.elements(); ++i)
    tensor.data<float>()[i] = static_cast<float>(draw.random.integer(1, 3));
  return tensor;
}

Sample reduction(Draw draw, const Tensor& data) {
  Sample sample;
  if (draw.below(2) == 0) sample.node.attributes.set("keep_dims", true);
  const int32_t first = draw.axis();
  const int32_t second = static_cast<int32_t>((draw.place(first) + 1) % draw.rank());
  sample.inputs = {data, draw.below(2) == 0 ? ints({first}) : ints({first, second})};
  return sample;
}

Sample number_reduction(Draw draw) { return reduction(draw, whole_numbers(draw)); }
Sample bool_reduction(Draw draw) { return reduction(draw, random_tensor(draw.random, DType::kBool, draw.shape)); }

Sample arg_extremum(Draw draw) {
  Sample sample;
  sample.node.attributes.set("output_type", std::string("INT32"));
  sample.inputs = {draw.data(), ints({draw.axis()})};
  return sample;
}

// Operands of one shape.
Sample alike(Draw draw) { return {{}, {draw.data(), draw.data()}}; }

Sample fake_quant(Draw draw) {
  Sample sample;
  sample.node.attributes.set("max", 2.0);
  sample.node.attributes.set("num_bits", int64_t{8});
  sample.inputs = {draw.data()};
  return sample;
}

struct Row {
  std::string_view op;
  Sample (*make)(Draw);
};
constexpr Row kRows[] = {
    {"ADD_N", alike},
    {"ARG_MAX", arg_extremum},
    {"ARG_MIN", arg_extremum},
    {"ATAN2", alike},
    {"BROADCAST_TO", broadcast_to},
    {"CONCATENATION", concatenation},
    {"CUMSUM", cumsum},
    {"EXPAND_DIMS", expand_dims},
    {"FAKE_QUANT", fake_quant},
    {"FLOOR_DIV", alike},
    {"GATHER", gather},
    {"MEAN", number_reduction},
    {"MIRROR_PAD", mirror_pad},
    {"PACK", pack},
    {"PAD", pad},
    {"PADV2", padv2},
    {"REDUCE_ALL", bool_reduction},
    {"REDUCE_ANY", bool_reduction},
    {"REDUCE_MAX", number_reduction},
    {"REDUCE_MIN", number_reduction},
    {"REDUCE_PROD", number_reduction},
    {"REVERSE_V2", reverse},
    {"SELECT", select},
    {"SLICE", slice},
    {"SPLIT", split},
    {"SPLIT_V", split_v},
    {"SQUEEZE", squeeze},
    {"STRIDED_SLICE", strided_slice},
    {"SUM", number_reduction},
    {"TILE", tile},
    {"TOPK_V2", topk},
    {"UNPACK", unpack},
};

DType first_of(const DTypeSet& set) {
  for (int dtype = 0; dtype < kDTypeCount; ++dtype) {
    if (set.has(static_cast<DType>(dtype))) return static_cast<DType>(dtype);
  }
  return DType::kFloat32;
}

// Elementwise operators: each operand but the first has some axes of extent 1, or fewer axes.
Sample elementwise(const OpDef& def, Draw draw) {
  Sample sample;
  const TypeRow& row = def.types.front();
  const bool broadcasts = def.layout.kind == LayoutKind::kBroadcast;
  if (!broadcasts && def.inputs.size() > 1) return {};
  for (size_t i = 0; i < def.inputs.size(); ++i) {
    std::vector<int64_t> extents(draw.shape.begin(), draw.shape.end());
    for (int64_t& extent : extents) extent = i > 0 && draw.below(2) == 0 ? 1 : extent;
    if (i > 0) extents.erase(extents.begin(), extents.begin() + draw.below(draw.rank() + 1));
    const DType dtype = first_of(row.inputs[std::min(i, row.inputs.size() - 1)]);
    sample.inputs.push_back(random_tensor(draw.random, dtype, Shape(extents)));
  }
  sample.output_dtype = first_of(row.outputs.front());
  return sample;
}

}  // namespace

Sample make_sample(const OpDef& def, Random& random, int rank) {
  Draw draw{random, random_shape(random, rank)};
  const auto row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& r) { return r.op == def.name; });
  return row == std::end(kRows) ? elementwise(def, draw) : row->make(draw);
}

}  // namespace pestle::ops
