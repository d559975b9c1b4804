// A repetition as WHILE. Its state, in order: the counter (int32 [1]), the condition where there is one, what the turns
// hand on, the stacks (whole from the start, rows are written into their places), and what the turns read of the graph
// around them, which stays as it is.
#include <algorithm>

#include "formats/onnx/repeat.h"

namespace pestle::formats::onnx {
namespace {

class WhileWriter {
 public:
  WhileWriter(NodeContext& node, const Repetition& what) : node_(node), what_(what) {
    for (ValueId id : what.state) types_.push_back(node.emit().value(id).type);
  }

  Result<Repeated> write() {
    is_conditional_ = what_.condition != ir::kNoValue && !is_true(node_.emit(), what_.condition);
    // Each attempt that is given up makes the next one more general, and there is an end to that.
    while (true) {
      const Nesting::Mark mark = node_.nesting().mark();
      PESTLE_ASSIGN(const bool is_done, write_turn());
      if (is_done) return finish();
      node_.nesting().return_to(mark);
    }
  }

 private:
  static bool is_true(Emitter& emit, ValueId id) {
    const ir::Value& value = emit.value(id);
    return value.is_constant() && value.data->size() == 1 && *value.data->data() != std::byte{0};
  }

  // False: the turn hands on what it could not start with.
  Result<bool> write_turn() {
    body_.emplace(node_.emit().source() + "/body", &node_.frame());
    counter_ = body_->add_input("turn", {DType::kInt32, Shape{1}, nullptr});
    Turn turn{*body_, counter_, ir::kNoValue, {}};
    const bool truth = true;
    turn.condition = is_conditional_
                         ? body_->add_input("goes_on", {DType::kBool, Shape{}, nullptr})
                         : body_->emit().constant({DType::kBool, Shape{}, std::as_bytes(std::span(&truth, 1))});
    for (const ir::Type& type : types_) turn.state.push_back(body_->add_input("state", type));
    PESTLE_ASSIGN(result_, what_.write(turn));
    if (result_.state.size() != types_.size())
      return fail(ErrorCode::kInvalidModel, "its graph does not give as many values as it takes");
    if (!is_conditional_ && result_.condition != ir::kNoValue && !is_true(body_->emit(), result_.condition)) {
      is_conditional_ = true;
      return false;
    }
    bool fits = true;
    for (size_t i = 0; i < types_.size(); ++i) {
      PESTLE_ASSIGN(const bool is_same, widen(types_[i], body_->emit().value(result_.state[i]).type));
      fits = fits && is_same;
    }
    return fits;
  }

  // Extents in which a turn's end differs from its start are left open.
  static Result<bool> widen(ir::Type& type, const ir::Type& next) {
    if (type.dtype != next.dtype) return fail(ErrorCode::kInvalidModel, "a turn changes the type of a value");
    if (type.shape.rank() != next.shape.rank()) return unsupported("a turn changes the rank of a value");
    bool is_same = true;
    for (int axis = 0; axis < type.shape.rank(); ++axis) {
      if (type.shape[axis] == next.shape[axis] || type.shape[axis] == kUnknown) continue;
      type.shape[axis] = kUnknown;
      is_same = false;
    }
    return is_same;
  }

  Result<Repeated> finish() {
    if (!is_conditional_ && what_.turns == kUnknown && what_.most_turns == ir::kNoValue)
      return fail(ErrorCode::kInvalidModel, "it never ends");
    Formula inside(body_->emit());
    const ValueId step = inside.ints({what_.is_backwards ? -1 : 1});
    ValueIds outputs = {inside.add(counter_, step)};
    if (is_conditional_) outputs.push_back(inside.reshape(result_.condition, {}));
    const size_t first = outputs.size();
    for (size_t i = 0; i < result_.state.size(); ++i)
      outputs.push_back(kept_apart(inside, result_.state[i], first + i));
    PESTLE_TRY(write_stacks(inside, outputs));
    if (what_.most_turns != ir::kNoValue) body_->bring(what_.most_turns, node_.frame());
    for (const Frame::Capture& capture : body_->captures()) {
      body_->graph().inputs.push_back(capture.inside);
      outputs.push_back(capture.inside);
    }
    PESTLE_ASSIGN(body_->graph().outputs, inside.result(std::move(outputs)));
    return write_node();
  }

  // TFLite moves the body's outputs to its inputs one after another: an output that is an input of another place would
  // be overwritten before it is moved.
  ValueId kept_apart(Formula& inside, ValueId output, size_t place) {
    const auto& inputs = body_->graph().inputs;
    const auto found = std::find(inputs.begin(), inputs.end(), output);
    if (found == inputs.end() || static_cast<size_t>(found - inputs.begin()) == place) return output;
    const int rank = inside.shape(output).rank();
    if (rank == 0) return inside.op("RESHAPE", {output, inside.ints({})});
    return inside.op("SLICE",
                     {output, inside.ints(std::vector<int64_t>(rank, 0)), inside.ints(std::vector<int64_t>(rank, -1))});
  }

  Status write_stacks(Formula& inside, ValueIds& outputs) {
    Formula outside(node_.emit());
    for (ValueId row : result_.rows) {
      if (inside.failed()) break;
      const ir::Type type = body_->emit().value(row).type;
      if (!type.shape.is_static()) return unsupported("the size of what it collects is known only while it runs");
      PESTLE_ASSIGN(const ValueId start, empty_stack(outside, type));
      const ValueId stack = body_->add_input("stack", body_like(start));
      const ValueId place =
          type.shape.rank() == 1
              ? counter_
              : inside.op("PAD", {counter_, inside.reshape(inside.ints({0, type.shape.rank() - 1}), {1, 2})});
      outputs.push_back(inside.op("DYNAMIC_UPDATE_SLICE", {stack, row, place}));
      stacks_.push_back(start);
    }
    return {};
  }

  ir::Type body_like(ValueId outside) { return node_.emit().value(outside).type; }

  Result<ValueId> empty_stack(Formula& f, const ir::Type& row) {
    Shape shape = row.shape;
    shape[0] = what_.turns;
    if (what_.turns == 0) return unsupported("collects values, but never runs");
    if (what_.turns == kUnknown && what_.most_turns == ir::kNoValue)
      return unsupported("collects values, and how many is known only when it ends");
    ValueId dims = what_.most_turns;
    if (what_.turns != kUnknown) {
      const auto elements = checked_elements(shape);
      PESTLE_TRY(check_affordable(elements ? *elements : -1));
      dims = f.ints({shape.begin(), shape.end()});
    } else if (shape.rank() > 1) {
      dims = f.concat({dims, f.ints({shape.begin() + 1, shape.end()})}, 0);
    }
    PESTLE_ASSIGN(const ValueIds made, f.result(f.op("FILL", {dims, f.number(0, row.dtype)})));
    node_.emit().graph().values[made[0]].type.shape = shape;  // of which the operands may say the first extent only
    return made[0];
  }

  Result<Repeated> write_node() {
    OpSpec spec{"WHILE", {}};
    Emitter& emit = node_.emit();
    Formula f(emit);
    spec.inputs = {f.ints({what_.is_backwards ? what_.turns - 1 : 0})};
    const bool truth = true;
    if (is_conditional_) {
      const bool has_first = what_.condition != ir::kNoValue;
      spec.inputs.push_back(has_first ? f.reshape(what_.condition, {})
                                      : emit.constant({DType::kBool, Shape{}, std::as_bytes(std::span(&truth, 1))}));
    }
    spec.inputs.insert(spec.inputs.end(), what_.state.begin(), what_.state.end());
    spec.inputs.insert(spec.inputs.end(), stacks_.begin(), stacks_.end());
    for (const Frame::Capture& capture : body_->captures()) spec.inputs.push_back(capture.outside);
    PESTLE_ASSIGN(ir::Graph condition, write_condition());
    for (ValueId id : body_->graph().inputs) spec.types.push_back(body_->graph().values[id].type);
    spec.outputs = static_cast<int>(spec.types.size());
    spec.options = {{"cond_subgraph_index", node_.nesting().add_graph(std::move(condition))},
                    {"body_subgraph_index", node_.nesting().add_graph(std::move(body_->graph()))}};
    PESTLE_ASSIGN(const ValueIds outputs, emit.emit_all(std::move(spec)));
    return take(f, outputs);
  }

  Result<ir::Graph> write_condition() {
    Frame frame(node_.emit().source() + "/condition");
    frame.emit().set_source(node_.emit().source());
    ValueIds inputs;
    for (ValueId id : body_->graph().inputs)
      inputs.push_back(frame.add_input(body_->graph().values[id].name, body_->graph().values[id].type));
    Formula f(frame.emit());
    ValueId goes_on = ir::kNoValue;
    if (what_.is_backwards) {
      goes_on = f.op("GREATER_EQUAL", {inputs[0], f.ints({0})});
    } else if (what_.turns != kUnknown) {
      goes_on = f.op("LESS", {inputs[0], f.ints({what_.turns})});
    } else if (what_.most_turns != ir::kNoValue) {
      goes_on = f.op("LESS", {inputs[0], inputs[place_of_most_turns()]});
    }
    if (is_conditional_)
      goes_on = goes_on == ir::kNoValue ? inputs[1] : f.op("LOGICAL_AND", {goes_on, f.reshape(inputs[1], {1})});
    PESTLE_ASSIGN(frame.graph().outputs, f.result(goes_on));
    return Result<ir::Graph>(std::move(frame.graph()));
  }

  size_t place_of_most_turns() {
    const ValueId inside = body_->bring(what_.most_turns, node_.frame());
    const auto& inputs = body_->graph().inputs;
    return static_cast<size_t>(std::find(inputs.begin(), inputs.end(), inside) - inputs.begin());
  }

  // Where turns may end early the stacks' unwritten rows go away.
  Result<Repeated> take(Formula& f, const ValueIds& outputs) {
    Repeated result;
    size_t next = is_conditional_ ? 2 : 1;
    for (size_t i = 0; i < what_.state.size(); ++i) result.state.push_back(outputs[next++]);
    for (size_t i = 0; i < stacks_.size(); ++i) {
      const ValueId stack = outputs[next++];
      result.stacks.push_back(is_conditional_ ? written_rows(f, stack, outputs[0]) : stack);
    }
    PESTLE_ASSIGN(result.stacks, f.result(std::move(result.stacks)));
    return result;
  }

  static ValueId written_rows(Formula& f, ValueId stack, ValueId count) {
    const Shape shape = f.shape(stack);
    ValueId sizes = count;
    if (shape.rank() > 1) sizes = f.concat({count, f.ints({shape.begin() + 1, shape.end()})}, 0);
    return f.op("SLICE", {stack, f.ints(std::vector<int64_t>(shape.rank(), 0)), sizes});
  }

  NodeContext& node_;
  const Repetition& what_;
  std::vector<ir::Type> types_;  // of what the turns hand on
  bool is_conditional_ = false;
  std::optional<Frame> body_;
  ValueId counter_ = ir::kNoValue;
  TurnResult result_;
  ValueIds stacks_;  // as they are before the first turn
};

}  // namespace

Result<Repeated> repeat_by_while(NodeContext& node, const Repetition& what) { return WhileWriter(node, what).write(); }

}  // namespace pestle::formats::onnx
