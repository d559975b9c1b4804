// TensorScatter: updates [N, .., T, ..] are laid into a cache [N, .., S, ..] from a place of every batch entry on. Each
// place s of the cache takes update s - start, where there is one.
#include <algorithm>
#include <numeric>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

// [N, S]: which update every place would take.
ValueId wanted_updates(NodeContext& node, Formula& f, int64_t extent, int64_t batch) {
  std::vector<int32_t> places(static_cast<size_t>(extent));
  std::iota(places.begin(), places.end(), 0);
  const ValueId row = f.emit().constant({DType::kInt32, {1, extent}, std::as_bytes(std::span(places))});
  if (!node.has(2)) return f.broadcast_to(row, {batch, extent});
  const ValueId start = f.reshape(f.cast(node.input(2), DType::kInt32), {batch, 1});
  const ValueId wanted = f.sub(row, start);
  return node.text("mode", "linear") == "circular" ? f.op("FLOOR_MOD", {wanted, f.emit().integer(extent)}) : wanted;
}

Result<ValueIds> map(NodeContext& node) {
  const Shape cache = node.shape(0), updates = node.shape(1);
  PESTLE_ASSIGN(const int axis, node.axis(node.integer("axis", -2), cache.rank()));
  const std::string mode = node.text("mode", "linear");
  if (axis == 0 || updates.rank() != cache.rank() || updates[0] != cache[0] || (mode != "linear" && mode != "circular"))
    return fail(ErrorCode::kInvalidModel, "its updates do not fit its cache");
  if (node.has(2) && !(node.shape(2) == Shape{cache[0]}))
    return fail(ErrorCode::kInvalidModel, "its places are not one a batch entry");
  const int64_t batch = cache[0], extent = cache[axis], count = updates[axis];
  if (count < 1 || count > extent) return fail(ErrorCode::kInvalidModel, "its updates do not fit its cache");
  PESTLE_TRY(check_affordable(extent));
  Formula f(node.emit());
  const ValueId wanted = wanted_updates(node, f, extent, batch);
  const ValueId zero = f.emit().integer(0), last = f.emit().integer(count - 1);
  const ValueId inside =
      f.op("LOGICAL_AND", {f.op("GREATER_EQUAL", {wanted, zero}), f.op("LESS_EQUAL", {wanted, last})});
  const ValueId index = f.op("MINIMUM", {f.op("MAXIMUM", {wanted, zero}), last});
  // The axis comes behind the batch, so that every batch entry can have indices of its own.
  std::vector<int64_t> order(cache.rank()), back(cache.rank());
  std::iota(order.begin(), order.end(), 0);
  std::rotate(order.begin() + 1, order.begin() + axis, order.begin() + axis + 1);
  for (size_t i = 0; i < order.size(); ++i) back[order[i]] = static_cast<int64_t>(i);
  const ValueId taken =
      f.op("GATHER", {f.transpose(node.input(1), order), index}, {{"axis", int64_t{1}}, {"batch_dims", int64_t{1}}});
  Shape mask(std::vector<int64_t>(cache.rank(), 1));
  mask[0] = batch;
  mask[axis] = extent;
  return f.result(f.select(f.reshape(inside, mask), f.transpose(taken, back), node.input(0)));
}

}  // namespace

const Mapping& map_tensor_scatter() {
  static const Mapping mapping = {{"TensorScatter"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
