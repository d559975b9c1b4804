// Scan -> WHILE, or its turns one after another. The graph of a turn takes (state..., parts of the sequences...) and
// gives (state..., rows...). Before opset 9 everything has a batch in front, over which the scan is repeated.
#include "formats/onnx/repeat.h"

namespace pestle::formats::onnx {
namespace {

// What one scan is given and how, axes and directions for each sequence and for each stack of rows.
struct Scan {
  const codec::OnnxGraph* body = nullptr;
  ValueIds state, sequences;
  std::vector<int64_t> axes, directions, row_axes, row_directions;
};

// The list is as long as there are things that it is about, or absent.
Result<std::vector<int64_t>> list_of(NodeContext& node, const char* name, size_t count) {
  std::vector<int64_t> values = node.integers(name, std::vector<int64_t>(count, 0));
  if (values.size() != count)
    return fail(ErrorCode::kInvalidModel, std::string("its ") + name + " are too few or many");
  return values;
}

Result<int64_t> length_of(const Formula& f, const Scan& scan) {
  int64_t length = kUnknown;
  for (size_t i = 0; i < scan.sequences.size(); ++i) {
    const int64_t own = f.shape(scan.sequences[i])[static_cast<int>(scan.axes[i])];
    if (length != kUnknown && own != length) return fail(ErrorCode::kInvalidModel, "its sequences differ in length");
    length = own;
  }
  return length;
}

Result<TurnResult> write_turn(NodeContext& node, const Scan& scan, int64_t length, const Turn& turn) {
  Formula f(turn.frame.emit());
  ValueIds inputs = turn.state;
  for (size_t i = 0; i < scan.sequences.size(); ++i) {
    const int axis = static_cast<int>(scan.axes[i]);
    const ValueId x = turn.frame.bring(scan.sequences[i], node.frame());
    const ValueId index = scan.directions[i] == 0 ? turn.counter : f.sub(f.ints({length - 1}), turn.counter);
    inputs.push_back(f.reshape(part_at(f, x, index, axis), without_axis(f.shape(x), axis)));
  }
  PESTLE_ASSIGN(inputs, f.result(std::move(inputs)));
  PESTLE_ASSIGN(const ValueIds outputs, node.nesting().import_graph(*scan.body, turn.frame, inputs));
  TurnResult result;
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (i < scan.state.size()) {
      result.state.push_back(outputs[i]);
      continue;
    }
    result.rows.push_back(as_row(f, outputs[i]));
  }
  PESTLE_ASSIGN(result.rows, f.result(std::move(result.rows)));
  return result;
}

// The stack's first axis goes to its place, which counts from the end if it is negative.
Result<ValueId> placed(NodeContext& node, ValueId stack, int64_t axis, int64_t direction) {
  Formula f(node.emit());
  if (direction != 0) stack = f.op("REVERSE_V2", {stack, f.ints({0})});
  PESTLE_ASSIGN(const int place, node.axis(axis, f.shape(stack).rank()));
  std::vector<int64_t> permutation;
  for (int i = 1; i < f.shape(stack).rank(); ++i) permutation.push_back(i);
  permutation.insert(permutation.begin() + place, 0);
  PESTLE_ASSIGN(const ValueIds made, f.result(f.transpose(stack, std::move(permutation))));
  return made[0];
}

Result<ValueIds> write(NodeContext& node, const Scan& scan) {
  Repetition what;
  PESTLE_ASSIGN(what.turns, length_of(Formula(node.emit()), scan));
  what.state = scan.state;
  what.operators = static_cast<int64_t>(scan.body->nodes.size() + scan.sequences.size());
  what.write = [&](const Turn& turn) { return write_turn(node, scan, what.turns, turn); };
  PESTLE_ASSIGN(Repeated result, repeat(node, what));
  for (size_t i = 0; i < result.stacks.size(); ++i) {
    PESTLE_ASSIGN(const ValueId stack, placed(node, result.stacks[i], scan.row_axes[i], scan.row_directions[i]));
    result.state.push_back(stack);
  }
  return std::move(result.state);
}

// One scan for each place in the batch; results get the batch back in front.
Result<ValueIds> over_batch(NodeContext& node, const Scan& scan) {
  Formula f(node.emit());
  ValueIds batched = scan.state;
  batched.insert(batched.end(), scan.sequences.begin(), scan.sequences.end());
  const int64_t batch = f.shape(batched[0])[0];
  for (ValueId id : batched) {
    if (f.shape(id).rank() < 1 || f.shape(id)[0] != batch)
      return fail(ErrorCode::kInvalidModel, "its operands differ in their batch");
  }
  if (batch > 64) return unsupported("a batch of more than 64 would be unrolled");
  std::vector<ValueIds> parts(node.outputs());
  for (int64_t b = 0; b < batch; ++b) {
    const auto part = [&](ValueId id) { return f.reshape(f.slice(id, 0, b, 1), without_axis(f.shape(id), 0)); };
    Scan single = scan;
    for (ValueId& id : single.state) id = part(id);
    for (ValueId& id : single.sequences) id = part(id);
    PESTLE_TRY(f.result(ir::kNoValue));
    PESTLE_ASSIGN(const ValueIds made, write(node, single));
    for (size_t i = 0; i < parts.size() && i < made.size(); ++i) parts[i].push_back(as_row(f, made[i]));
  }
  ValueIds results;
  for (ValueIds& part : parts) {
    if (part.empty()) return fail(ErrorCode::kInvalidModel, "has more outputs than its graph gives");
    results.push_back(f.concat(std::move(part), 0));
  }
  return f.result(std::move(results));
}

Result<ValueIds> map_batched(NodeContext& node, Scan scan, size_t sequences) {
  if (node.has(0)) return unsupported("its sequences have lengths of their own");
  PESTLE_ASSIGN(scan.directions, list_of(node, "directions", sequences));
  const size_t rows = scan.body->outputs.size() - scan.state.size();
  scan.axes.assign(sequences, 0);
  scan.row_axes.assign(rows, 0);
  scan.row_directions.assign(rows, 0);
  for (ValueId id : scan.sequences) {
    if (node.emit().shape(id).rank() < 2) return fail(ErrorCode::kInvalidModel, "a sequence has too few axes");
  }
  return over_batch(node, scan);
}

Result<ValueIds> map(NodeContext& node) {
  Scan scan;
  scan.body = node.graph("body");
  if (scan.body == nullptr) return fail(ErrorCode::kInvalidModel, "lacks its graph");
  const bool is_batched = node.opset() < 9;
  const int first = is_batched ? 1 : 0;
  const int64_t count = node.integer("num_scan_inputs", 0);
  if (count < 1 || count > node.inputs() - first)
    return fail(ErrorCode::kInvalidModel, "its number of sequences does not fit its operands");
  const auto sequences = static_cast<size_t>(count);
  for (int i = first; i < node.inputs(); ++i) {
    if (!node.has(i)) return fail(ErrorCode::kInvalidModel, "an operand is absent");
    (i < node.inputs() - count ? scan.state : scan.sequences).push_back(node.input(i));
  }
  if (scan.body->outputs.size() < scan.state.size())
    return fail(ErrorCode::kInvalidModel, "its graph does not give as many values as it takes");
  if (is_batched) return map_batched(node, std::move(scan), sequences);
  const size_t rows = scan.body->outputs.size() - scan.state.size();
  PESTLE_ASSIGN(scan.axes, list_of(node, "scan_input_axes", sequences));
  PESTLE_ASSIGN(scan.directions, list_of(node, "scan_input_directions", sequences));
  PESTLE_ASSIGN(scan.row_axes, list_of(node, "scan_output_axes", rows));
  PESTLE_ASSIGN(scan.row_directions, list_of(node, "scan_output_directions", rows));
  for (size_t i = 0; i < sequences; ++i) {
    PESTLE_ASSIGN(const int axis, node.axis(scan.axes[i], node.emit().shape(scan.sequences[i]).rank()));
    scan.axes[i] = axis;
  }
  return write(node, scan);
}

}  // namespace

const Mapping& map_scan() {
  static const Mapping mapping = {{"Scan"}, 0, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
