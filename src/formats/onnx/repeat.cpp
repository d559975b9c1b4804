#include "formats/onnx/repeat.h"

#include <algorithm>

namespace pestle::formats::onnx {
namespace {

using Recurrent = ImportOptions::Recurrent;

// Beyond it files and their loading become slower than any loop.
constexpr int64_t kMostUnrolledOperators = 8192;

bool is_constant(const Emitter& emit, ValueId id) { return id == ir::kNoValue || emit.value(id).is_constant(); }

std::optional<bool> known_truth(Frame& frame, ValueId id) {
  if (id == ir::kNoValue) return true;
  const ir::Value& value = frame.graph().values[id];
  if (!value.is_constant() || value.data->size() != 1) return std::nullopt;
  return *value.data->data() != std::byte{0};
}

// Whether it makes sense to try, where WHILE failed.
bool may_unroll(NodeContext& node, const Repetition& what, bool failed_for_nodes) {
  if (!is_constant(node.emit(), what.condition)) return false;
  if (what.turns != kUnknown) return what.turns * what.operators <= kMostUnrolledOperators;
  return what.most_turns == ir::kNoValue && !failed_for_nodes;
}

}  // namespace

ValueId part_at(Formula& f, ValueId x, ValueId index, int axis) {
  if (f.failed()) return ir::kNoValue;
  if (!is_constant(f.emit(), index)) return f.op("GATHER", {x, index}, {{"axis", int64_t{axis}}});
  return f.slice(x, axis, to_int64s(f.emit().graph().constant(index))[0], 1);
}

ValueId as_row(Formula& f, ValueId x) {
  Shape shape{1};
  const Shape own = f.shape(x);
  for (int64_t extent : own) shape.push_back(extent);
  return shape.is_static() ? f.reshape(x, shape) : f.op("EXPAND_DIMS", {x, f.integer(0)});
}

Shape without_axis(const Shape& shape, int axis) {
  Shape rest;
  for (int i = 0; i < shape.rank(); ++i) {
    if (i != axis) rest.push_back(shape[i]);
  }
  return rest;
}

Result<Repeated> repeat_unrolled(NodeContext& node, const Repetition& what) {
  const bool has_end = what.turns != kUnknown || what.most_turns == ir::kNoValue;
  const int64_t most = kMostUnrolledOperators / std::max<int64_t>(what.operators, 1);
  if (!has_end || (what.turns != kUnknown && what.turns > most))
    return unsupported("runs too often, or how often is known only while the model runs");
  Repeated result;
  result.state = what.state;
  std::vector<ValueIds> rows;
  ValueId condition = what.condition;
  for (int64_t turn = 0; what.turns == kUnknown || turn < what.turns; ++turn) {
    const auto goes_on = known_truth(node.frame(), condition);
    if (!goes_on) return unsupported("whether it goes on is known only while the model runs");
    if (!*goes_on) break;
    if (turn == most) return unsupported("runs too often");
    const int64_t counter = what.is_backwards ? what.turns - 1 - turn : turn;
    const bool truth = true;
    const ValueId yes = node.emit().constant({DType::kBool, Shape{}, std::as_bytes(std::span(&truth, 1))});
    const Turn start{node.frame(), node.emit().ints(std::span(&counter, 1)), yes, result.state};
    PESTLE_ASSIGN(TurnResult made, what.write(start));
    result.state = std::move(made.state);
    condition = made.condition;
    rows.resize(made.rows.size());
    for (size_t i = 0; i < rows.size(); ++i) rows[i].push_back(made.rows[i]);
  }
  Formula f(node.emit());
  for (ValueIds& parts : rows) {
    if (what.is_backwards) std::reverse(parts.begin(), parts.end());
    result.stacks.push_back(f.concat(std::move(parts), 0));
  }
  PESTLE_ASSIGN(result.stacks, f.result(std::move(result.stacks)));
  return result;
}

Result<Repeated> repeat(NodeContext& node, const Repetition& what) {
  const int64_t operators = what.turns == kUnknown ? kMostUnrolledOperators : what.turns * what.operators;
  const Recurrent wish = node.options().recurrent;
  const bool unrolls_first = what.turns != kUnknown && (wish == Recurrent::kUnroll ||
                                                        (wish == Recurrent::kAuto && operators <= what.unrolled_up_to));
  const Nesting::Mark mark = node.nesting().mark();
  const size_t nodes = node.emit().graph().nodes.size();
  auto first = unrolls_first ? repeat_unrolled(node, what) : repeat_by_while(node, what);
  const bool has_reports = node.nesting().mark().refusals > mark.refusals;
  if (first || !(unrolls_first || may_unroll(node, what, has_reports))) return first;
  node.nesting().return_to(mark);
  node.emit().graph().nodes.resize(nodes);
  auto second = unrolls_first ? repeat_by_while(node, what) : repeat_unrolled(node, what);
  if (second) return second;
  // Reports of nodes inside stand for the whole, and those of the first attempt are gone.
  return has_reports || node.nesting().mark().refusals > mark.refusals ? second : first;
}

}  // namespace pestle::formats::onnx
