// Scatter, ScatterElements, ScatterND. SCATTER_ND starts from zeros and adds what falls on one place; so the data are
// kept by a mask. Reductions other than "add" fold what falls on one place by an UNSORTED_SEGMENT_*, whose segments are
// the places.
#include <limits>

#include "formats/core/formula.h"
#include "formats/onnx/indices.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

// Places [..., k] name rows of the first k axes of the data.
Result<ValueIds> fold(NodeContext& node, Formula& f, ValueId places, const std::string& reduction) {
  const bool multiplies = reduction == "mul", is_max = reduction == "max";
  if (!multiplies && !is_max && reduction != "min") return unsupported("the reduction \"" + reduction + "\"");
  const DType dtype = node.dtype(0);
  if (computed_type(dtype) != DType::kFloat32 && computed_type(dtype) != DType::kInt32)
    return unsupported("reduces wide integers or bools");
  if (f.failed()) return f.result(places);
  const Shape shape = node.shape(0), tuples = f.shape(places);
  const auto named = static_cast<int>(tuples.back(0));
  std::vector<int64_t> steps(named, 1);
  int64_t rows = 1, length = 1;
  for (int i = named; i-- > 0; rows *= shape[i]) steps[i] = rows;
  for (int i = named; i < shape.rank(); ++i) length *= shape[i];
  const int64_t count = named == 0 ? 0 : tuples.elements() / named;
  if (rows * length < 1 || rows > std::numeric_limits<int32_t>::max() || count < 1)
    return unsupported("an empty input");
  if (node.shape(2).elements() != count * length)
    return fail(ErrorCode::kInvalidModel, "its updates do not fit its indices");
  const ValueId numbers = f.reduce("SUM", f.mul(f.reshape(places, {count, named}), f.ints(steps)), {1}, false);
  const char* op = multiplies ? "UNSORTED_SEGMENT_PROD" : is_max ? "UNSORTED_SEGMENT_MAX" : "UNSORTED_SEGMENT_MIN";
  const ValueId updates = f.reshape(f.cast(node.input(2), computed_type(dtype)), {count, length});
  const ValueId folded = f.op(op, {updates, numbers, f.emit().integer(rows)});
  const ValueId data = f.cast(node.input(0), computed_type(dtype));
  const char* combine = multiplies ? "MUL" : is_max ? "MAXIMUM" : "MINIMUM";
  return f.result(f.cast(f.op(combine, {data, f.reshape(folded, shape)}), dtype));
}

Result<ValueIds> scatter(NodeContext& node, Formula& f, ValueId places) {
  const ValueId data = node.input(0);
  const ValueId updates = node.input(2);
  const Shape& shape = node.shape(0);
  const auto spread = [&](ValueId values) {
    return f.op("SCATTER_ND", {places, values, f.ints({shape.begin(), shape.end()})});
  };
  const std::string reduction = node.text("reduction", "none");
  if (reduction == "add") return f.result(f.add(data, spread(updates)));
  if (reduction != "none") return fold(node, f, places, reduction);
  if (f.failed()) return f.result(updates);
  PESTLE_TRY(check_affordable(f.shape(updates).elements()));
  const std::vector<float> ones(static_cast<size_t>(f.shape(updates).elements()), 1.0f);
  const ValueId hits = spread(node.emit().floats(f.shape(updates), ones));
  return f.result(f.select(f.op("GREATER", {hits, f.number(0)}), spread(updates), data));
}

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  if (node.op_type() == "ScatterND") return scatter(node, f, tuple_places(f, node.input(1), node.shape(0), 0));
  PESTLE_ASSIGN(const int axis, node.axis(node.integer("axis", 0), node.rank(0)));
  if (node.rank(1) != node.rank(0)) return fail(ErrorCode::kInvalidModel, "its indices are of another rank");
  return scatter(node, f, element_places(f, node.input(1), axis, node.shape(0)[axis]));
}

}  // namespace

const Mapping& map_scatter() {
  static const Mapping mapping = {{"Scatter", "ScatterElements", "ScatterND"}, 3, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
