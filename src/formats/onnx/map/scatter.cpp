// Scatter, ScatterElements, ScatterND. SCATTER_ND starts from zeros and adds what falls on one place; so the data are
// kept by a mask, and reductions combine the updates with what they replace. As in the standard, places that occur
// twice are only defined for reduction "add".
#include "formats/core/formula.h"
#include "formats/onnx/indices.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> scatter(NodeContext& node, Formula& f, ValueId places) {
  const ValueId data = node.input(0);
  ValueId updates = node.input(2);
  const Shape& shape = node.shape(0);
  const auto spread = [&](ValueId values) {
    return f.op("SCATTER_ND", {places, values, f.ints({shape.begin(), shape.end()})});
  };
  const std::string reduction = node.text("reduction", "none");
  if (reduction == "add") return f.result(f.add(data, spread(updates)));
  const ValueId before = reduction == "none" ? ir::kNoValue : f.op("GATHER_ND", {data, places});
  if (reduction == "mul") updates = f.mul(before, updates);
  if (reduction == "max") updates = f.op("MAXIMUM", {before, updates});
  if (reduction == "min") updates = f.op("MINIMUM", {before, updates});
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
