#include "formats/onnx/recurrent.h"

#include <fmt/core.h>

#include <algorithm>

#include "formats/onnx/repeat.h"

namespace pestle::formats::onnx {
namespace {

enum Operand { kX, kW, kR, kBias, kLengths, kInitialHidden, kInitialCell, kPeepholes };

class Layer {
 public:
  Layer(NodeContext& node, const Cell& cell) : node_(node), cell_(cell), f_(node.emit()) {}

  Result<ValueIds> write() {
    PESTLE_TRY(read_sizes());
    PESTLE_TRY(read_lengths());
    PESTLE_ASSIGN(activations_, read_activations(node_, cell_.activations, directions_));
    std::vector<Repeated> made;
    for (int64_t d = 0; d < directions_; ++d) {
      PESTLE_ASSIGN(Repeated one, write_direction(d));
      made.push_back(std::move(one));
    }
    ValueIds outputs = {node_.wants_output(0) ? whole_sequence(made) : ir::kNoValue};
    for (int i = 0; i < cell_.states; ++i) {
      ValueIds ends;
      for (const Repeated& one : made) ends.push_back(one.state[i]);
      const ValueId end = f_.concat(std::move(ends), 0);
      outputs.push_back(is_batch_first_ ? f_.transpose(end, {1, 0, 2}) : end);
    }
    return f_.result(std::move(outputs));
  }

 private:
  Status read_sizes() {
    if (node_.rank(kX) != 3 || node_.rank(kW) != 3 || node_.rank(kR) != 3)
      return fail(ErrorCode::kInvalidModel, "its operands are not of rank 3");
    const int64_t layout = node_.integer("layout", 0);
    is_batch_first_ = layout == 1;
    const Shape x = node_.shape(kX);
    steps_ = x[is_batch_first_ ? 1 : 0];
    batch_ = x[is_batch_first_ ? 0 : 1];
    hidden_ = node_.shape(kR)[2];
    const std::string direction = node_.text("direction", "forward");
    directions_ = direction == "bidirectional" ? 2 : 1;
    is_reverse_ = direction == "reverse";
    if (layout != 0 && layout != 1) return fail(ErrorCode::kInvalidModel, fmt::format("has no layout {}", layout));
    if (directions_ == 1 && !is_reverse_ && direction != "forward")
      return fail(ErrorCode::kInvalidModel, fmt::format("has no direction \"{}\"", direction));
    if (steps_ < 1 || batch_ < 1 || hidden_ < 1 || x[2] < 1)
      return fail(ErrorCode::kInvalidModel, "an operand is empty");
    const int64_t rows = cell_.gates * hidden_;
    PESTLE_TRY(expect(kW, {directions_, rows, x[2]}));
    PESTLE_TRY(expect(kR, {directions_, rows, hidden_}));
    PESTLE_TRY(expect(kBias, {directions_, 2 * rows}));
    PESTLE_TRY(expect(kLengths, {batch_}));
    PESTLE_TRY(expect(kPeepholes, {directions_, 3 * hidden_}));
    const Shape state = is_batch_first_ ? Shape{batch_, directions_, hidden_} : Shape{directions_, batch_, hidden_};
    PESTLE_TRY(expect(kInitialHidden, state));
    if (cell_.states > 1) PESTLE_TRY(expect(kInitialCell, state));
    return check_affordable(batch_ * hidden_);
  }

  Status expect(int operand, const Shape& shape) const {
    if (!node_.has(operand) || node_.shape(operand) == shape) return {};
    return fail(ErrorCode::kInvalidModel, fmt::format("its input {} has the shape {}, expected {}", operand,
                                                      to_string(node_.shape(operand)), to_string(shape)));
  }

  // Sequences that are all as long as the tensor need no care.
  Status read_lengths() {
    if (!node_.has(kLengths)) return {};
    if (node_.is_constant(kLengths)) {
      PESTLE_ASSIGN(const auto values, node_.ints(kLengths, "lengths of sequences"));
      if (std::all_of(values.begin(), values.end(), [&](int64_t length) { return length == steps_; })) return {};
    }
    lengths_ = f_.reshape(f_.cast(node_.input(kLengths), DType::kInt32), {1, batch_, 1});
    return {};
  }

  ValueId of_direction(int operand, int64_t d) {
    if (!node_.has(operand)) return ir::kNoValue;
    return f_.reshape(f_.slice(node_.input(operand), 0, d, 1), without_axis(node_.shape(operand), 0));
  }

  CellWeights weights_of(int64_t d) {
    CellWeights weights;
    weights.input = of_direction(kW, d);
    weights.state = of_direction(kR, d);
    if (const ValueId bias = of_direction(kBias, d); bias != ir::kNoValue) {
      const int64_t rows = cell_.gates * hidden_;
      weights.input_bias = f_.slice(bias, 0, 0, rows);
      weights.state_bias = f_.slice(bias, 0, rows, rows);
    }
    weights.peepholes = of_direction(kPeepholes, d);
    const auto first = activations_.begin() + d * static_cast<int64_t>(cell_.activations.size());
    weights.activations.assign(first, first + static_cast<int64_t>(cell_.activations.size()));
    return weights;
  }

  ValueId initial_state(int operand, int64_t d) {
    if (!node_.has(operand)) return f_.emit().floats({1, batch_, hidden_}, std::vector<float>(batch_ * hidden_, 0.0f));
    if (!is_batch_first_) return f_.slice(node_.input(operand), 0, d, 1);
    return f_.reshape(f_.slice(node_.input(operand), 1, d, 1), {1, batch_, hidden_});
  }

  Result<Repeated> write_direction(int64_t d) {
    const CellWeights weights = weights_of(d);
    if (sequence_ == ir::kNoValue)
      sequence_ = is_batch_first_ ? f_.transpose(node_.input(kX), {1, 0, 2}) : node_.input(kX);
    const Prepared prepared = cell_.prepare(node_, f_, weights, sequence_);
    Repetition what;
    what.turns = steps_;
    what.is_backwards = is_reverse_ || d == 1;
    what.operators = cell_.operators;
    what.unrolled_up_to = cell_.operators + kOfLoop;
    for (int i = 0; i < cell_.states; ++i) what.state.push_back(initial_state(kInitialHidden + i, d));
    PESTLE_TRY(f_.result(ir::kNoValue));
    what.write = [&](const Turn& turn) { return write_step(turn, weights.activations, prepared); };
    return repeat(node_, what);
  }

  Result<TurnResult> write_step(const Turn& turn, const std::vector<CellActivation>& activations,
                                const Prepared& prepared) {
    Formula f(turn.frame.emit());
    CellStep step{f, activations, {}, {}, turn.state};
    for (ValueId id : prepared.sequences)
      step.parts.push_back(part_at(f, turn.frame.bring(id, node_.frame()), turn.counter, 0));
    for (ValueId id : prepared.constants) step.constants.push_back(turn.frame.bring(id, node_.frame()));
    TurnResult result;
    result.state = cell_.step(node_, step);
    ValueId row = result.state[0];
    if (lengths_ != ir::kNoValue) {
      // Behind its end a sequence keeps its state, and gives zeros.
      const ValueId goes_on = f.op("LESS", {turn.counter, turn.frame.bring(lengths_, node_.frame())});
      row = f.select(goes_on, row, f.number(0));
      for (size_t i = 0; i < result.state.size(); ++i)
        result.state[i] = f.select(goes_on, result.state[i], turn.state[i]);
    }
    if (node_.wants_output(0)) result.rows = {row};
    PESTLE_ASSIGN(result.state, f.result(std::move(result.state)));
    return result;
  }

  // [steps, batch, hidden] of each direction -> [steps, directions, batch, hidden], or the layout with batch first. The
  // directions meet along the last axis: most networks want them there, and what is between cancels.
  ValueId whole_sequence(const std::vector<Repeated>& made) {
    ValueIds parts;
    for (const Repeated& one : made) parts.push_back(one.stacks[0]);
    const ValueId all = f_.concat(std::move(parts), 2);
    if (directions_ == 1 && !is_batch_first_) return f_.reshape(all, {steps_, 1, batch_, hidden_});
    const ValueId apart = f_.reshape(all, {steps_, batch_, directions_, hidden_});
    if (is_batch_first_) return f_.transpose(apart, {1, 0, 2, 3});
    return f_.transpose(apart, {0, 2, 1, 3});
  }

  // Operators that a loop has beyond those of its steps.
  static constexpr int64_t kOfLoop = 5;

  NodeContext& node_;
  const Cell& cell_;
  Formula f_;
  int64_t steps_ = 0, batch_ = 0, hidden_ = 0, directions_ = 1;
  bool is_batch_first_ = false, is_reverse_ = false;
  std::vector<CellActivation> activations_;
  ValueId sequence_ = ir::kNoValue;  // [steps, batch, n]
  ValueId lengths_ = ir::kNoValue;   // int32 [1, batch, 1], or none
};

}  // namespace

Result<ValueIds> map_recurrent(NodeContext& node, const Cell& cell) { return Layer(node, cell).write(); }

ValueId project(Formula& f, ValueId x, ValueId w, ValueId bias) {
  return f.op("FULLY_CONNECTED", {x, w, bias}, {{"keep_num_dims", true}});
}

ValueId whole_bias(Formula& f, const CellWeights& weights) {
  return weights.input_bias == ir::kNoValue ? ir::kNoValue : f.add(weights.input_bias, weights.state_bias);
}

ValueIds split(Formula& f, ValueId x, int64_t count) {
  const ValueIds nothing(count, ir::kNoValue);
  if (f.failed()) return nothing;
  OpSpec spec{"SPLIT", {f.integer(f.shape(x).rank() - 1), x}, {{"num_splits", count}}};
  spec.outputs = static_cast<int>(count);
  auto parts = f.emit().emit_all(std::move(spec));
  if (parts) return *parts;
  f.fail_with(std::move(parts).error());
  return nothing;
}

}  // namespace pestle::formats::onnx
