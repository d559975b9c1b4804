// Loop -> WHILE, or its turns one after another. The graph of a turn takes (iteration, condition, state...) and gives
// (condition, state..., rows...); the loop gives the last state and the rows, stacked along a new first axis.
#include <limits>

#include "formats/onnx/repeat.h"

namespace pestle::formats::onnx {
namespace {

// Counters are int32; a larger number of turns means that only the condition ends the loop.
constexpr int64_t kMostTurns = std::numeric_limits<int32_t>::max();

Status set_turns(NodeContext& node, Formula& f, Repetition& what) {
  if (!node.has(0)) return {};
  if (node.is_constant(0)) {
    PESTLE_ASSIGN(const auto turns, node.ints(0, "number of turns"));
    if (turns.size() != 1) return fail(ErrorCode::kInvalidModel, "its number of turns is not one number");
    if (turns[0] < kMostTurns) what.turns = std::max<int64_t>(turns[0], 0);
    return {};
  }
  const ValueId most = f.op("MINIMUM", {node.input(0), f.cast(f.integer(kMostTurns), node.dtype(0))});
  what.most_turns = f.reshape(f.cast(most, DType::kInt32), {1});
  return {};
}

Result<ValueIds> map(NodeContext& node) {
  const codec::OnnxGraph* body = node.graph("body");
  if (body == nullptr) return fail(ErrorCode::kInvalidModel, "lacks its graph");
  const size_t states = node.inputs() > 2 ? node.inputs() - 2 : 0;
  if (body->outputs.size() <= states)
    return fail(ErrorCode::kInvalidModel, "its graph does not give as many values as it takes");
  Formula f(node.emit());
  Repetition what;
  PESTLE_TRY(set_turns(node, f, what));
  if (node.has(1)) what.condition = f.reshape(node.input(1), {});
  for (size_t i = 0; i < states; ++i) {
    if (!node.has(static_cast<int>(i) + 2)) return fail(ErrorCode::kInvalidModel, "a value to start with is absent");
    what.state.push_back(node.input(static_cast<int>(i) + 2));
  }
  what.operators = static_cast<int64_t>(body->nodes.size());
  what.write = [&](const Turn& turn) -> Result<TurnResult> {
    Formula inside(turn.frame.emit());
    ValueIds inputs = {inside.cast(inside.reshape(turn.counter, {}), DType::kInt64), turn.condition};
    inputs.insert(inputs.end(), turn.state.begin(), turn.state.end());
    PESTLE_ASSIGN(inputs, inside.result(std::move(inputs)));
    PESTLE_ASSIGN(const ValueIds outputs, node.nesting().import_graph(*body, turn.frame, inputs));
    TurnResult result;
    result.condition = outputs[0];
    for (size_t i = 1; i < outputs.size(); ++i) {
      if (i <= states) result.state.push_back(outputs[i]);
      if (i > states) result.rows.push_back(as_row(inside, outputs[i]));
    }
    PESTLE_ASSIGN(result.rows, inside.result(std::move(result.rows)));
    return result;
  };
  PESTLE_TRY(f.result(ir::kNoValue));
  PESTLE_ASSIGN(Repeated result, repeat(node, what));
  result.state.insert(result.state.end(), result.stacks.begin(), result.stacks.end());
  return std::move(result.state);
}

}  // namespace

const Mapping& map_loop() {
  static const Mapping mapping = {{"Loop"}, 0, map, true};
  return mapping;
}

}  // namespace pestle::formats::onnx
