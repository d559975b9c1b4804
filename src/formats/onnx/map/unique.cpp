// Unique: every element (or slice of an axis) is compared with every other. The first of equal ones stands for them;
// its rank among those is where it goes.
#include <numeric>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

struct Comparison {
  ValueId equal, less;  // bool [n, n]: of the row's element to the column's
};

// Slices [n, m] are compared by the first number in which they differ.
Comparison compare(Formula& f, ValueId x, int64_t n, int64_t m) {
  const ValueId rows = f.reshape(x, {n, 1, m}), columns = f.reshape(x, {1, n, m});
  if (m == 1) {
    const ValueId a = f.reshape(x, {n, 1}), b = f.reshape(x, {1, n});
    return {f.op("EQUAL", {a, b}), f.op("LESS", {a, b})};
  }
  const ValueId differs = f.cast(f.op("NOT_EQUAL", {rows, columns}), DType::kInt32);
  const ValueId first = f.op("ARG_MAX", {differs, f.emit().integer(2)}, {{"output_type", "INT32"}});
  const auto at_first = [&](ValueId flags) {
    const ValueId chosen = f.op("GATHER", {f.cast(flags, DType::kInt32), f.reshape(first, {n, n, 1})},
                                {{"axis", int64_t{2}}, {"batch_dims", int64_t{2}}});
    return f.op("NOT_EQUAL", {f.reshape(chosen, {n, n}), f.emit().integer(0)});
  };
  return {f.op("EQUAL", {f.reduce("REDUCE_MAX", differs, {2}, false), f.emit().integer(0)}),
          at_first(f.op("LESS", {rows, columns}))};
}

ValueId count_along_rows(Formula& f, ValueId flags) {
  return f.reduce("SUM", f.cast(flags, DType::kInt32), {1}, false);
}

// The places of the first of equal elements, by rank: the least of keys (rank, or n for the others), cut to their
// count.
Result<ValueId> places_by_rank(Formula& f, ValueId rank, ValueId is_first, int64_t n) {
  const ValueId key = f.select(is_first, rank, f.emit().integer(n));
  OpSpec spec{"TOPK_V2", {f.sub(f.emit().integer(0), key), f.emit().integer(n)}};
  spec.outputs = 2;
  if (f.failed()) return ir::kNoValue;
  PESTLE_ASSIGN(const auto sorted, f.emit().emit_all(std::move(spec)));
  const ValueId count = f.reduce("SUM", f.cast(is_first, DType::kInt32), {0});
  return f.op("SLICE", {sorted[1], f.ints({0}), count});
}

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  const Shape shape = node.shape(0);
  const DType dtype = computed_type(node.dtype(0));
  if (dtype != DType::kFloat32 && dtype != DType::kInt32 && dtype != DType::kInt64)
    return unsupported("numbers of this type");
  ValueId x = f.cast(node.input(0), dtype);
  int axis = 0;
  if (node.has_attribute("axis")) {
    PESTLE_ASSIGN(axis, node.axis(node.integer("axis", 0), shape.rank()));
  } else {
    x = f.reshape(x, {shape.elements()});
  }
  if (f.failed()) return f.result(x);
  std::vector<int64_t> order(f.shape(x).rank());
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[0], order[axis]);
  const ValueId turned = f.transpose(x, order);
  if (f.failed()) return f.result(x);
  const int64_t n = f.shape(turned)[0], elements = shape.elements();
  if (n < 1 || elements < 1) return unsupported("an empty input");
  const int64_t m = elements / n;
  PESTLE_TRY(check_affordable(n));
  PESTLE_TRY(check_affordable(n * n));
  PESTLE_TRY(check_affordable(m));
  PESTLE_TRY(check_affordable(n * n * m));
  const Comparison c = compare(f, turned, n, m);
  const ValueId first =
      f.op("ARG_MAX", {f.cast(c.equal, DType::kInt32), f.emit().integer(1)}, {{"output_type", "INT32"}});
  std::vector<int32_t> numbers(static_cast<size_t>(n));
  std::iota(numbers.begin(), numbers.end(), 0);
  const ValueId own = f.emit().constant({DType::kInt32, {n}, std::as_bytes(std::span(numbers))});
  const ValueId is_first = f.op("EQUAL", {first, own});
  // Of the row's element: how many first ones are less, or stand before its own.
  const ValueId before = node.integer("sorted", 1) != 0
                             ? f.transpose(c.less, {1, 0})
                             : f.op("LESS", {f.reshape(own, {1, n}), f.reshape(first, {n, 1})});
  const ValueId rank = count_along_rows(f, f.op("LOGICAL_AND", {before, f.reshape(is_first, {1, n})}));
  PESTLE_ASSIGN(const ValueId places, places_by_rank(f, rank, is_first, n));
  const ValueId y = f.op("GATHER", {x, places}, {{"axis", int64_t{axis}}});
  const ValueId counts = f.op("GATHER", {count_along_rows(f, c.equal), places}, {{"axis", int64_t{0}}});
  const auto wide = [&](int i, ValueId value) {
    return node.wants_output(i) ? f.cast(value, DType::kInt64) : ir::kNoValue;
  };
  return f.result({f.cast(y, node.dtype(0)), wide(1, places), wide(2, rank), wide(3, counts)});
}

}  // namespace

const Mapping& map_unique() {
  static const Mapping mapping = {{"Unique"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
