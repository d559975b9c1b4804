#include "formats/onnx/run_time_slice.h"

#include <algorithm>
#include <limits>

#include "formats/core/formula.h"

namespace pestle::formats::onnx {
namespace {

enum Operand { kX, kStarts, kEnds, kAxes, kSteps };

// That STRIDED_SLICE takes.
constexpr int kMostAxes = 5;

// A single number as another one plus a constant.
struct Sum {
  ValueId root = ir::kNoValue;
  int64_t offset = 0;
};

bool is_single(const ir::Value& value) {
  return value.type.shape.is_static() && checked_elements(value.type.shape) == int64_t{1};
}

std::optional<int64_t> constant_of(const ir::Graph& graph, ValueId id) {
  if (id == ir::kNoValue || !graph.values[id].is_constant() || !is_single(graph.values[id])) return std::nullopt;
  const Tensor aligned = Tensor::copy_of(graph.constant(id));
  const std::vector<int64_t> values = to_int64s(aligned.view());
  return values.size() == 1 ? std::optional(values[0]) : std::nullopt;
}

// Walks back over the nodes that were written so far.
Sum sum_of(const ir::Graph& graph, ValueId id) {
  Sum sum{id, 0};
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    if (node->outputs.size() != 1 || node->outputs[0] != sum.root || node->inputs.empty()) continue;
    const bool only_moves = node->is("RESHAPE") || node->is("EXPAND_DIMS") || node->is("SQUEEZE") || node->is("CAST");
    if (only_moves && is_single(graph.values[node->inputs[0]])) {
      sum.root = node->inputs[0];
    } else if (node->is("ADD") && is_single(graph.values[sum.root])) {
      const auto left = constant_of(graph, node->inputs[0]), right = constant_of(graph, node->inputs[1]);
      if (!left && !right) return sum;
      sum.root = node->inputs[right ? 0 : 1];
      sum.offset += right ? *right : *left;
    } else {
      return sum;
    }
  }
  return sum;
}

// Whether the ends are the starts plus 1.
bool takes_one(const ir::Graph& graph, ValueId starts, ValueId ends) {
  if (!is_single(graph.values[starts]) || !is_single(graph.values[ends])) return false;
  const Sum start = sum_of(graph, starts), end = sum_of(graph, ends);
  return start.root == end.root && end.offset - start.offset == 1;
}

// The i-th of several numbers, as int32; ends such as the largest int64 are brought within its range.
ValueId bound_at(Formula& f, ValueId bounds, int64_t i) {
  constexpr double kMost = 1 << 30;  // no axis is as long
  if (f.dtype(bounds) == DType::kInt64) {
    const ValueId most = f.number(kMost, DType::kInt64), least = f.number(-kMost, DType::kInt64);
    bounds = f.cast(f.op("MAXIMUM", {f.op("MINIMUM", {bounds, most}), least}), DType::kInt32);
  }
  return f.slice(bounds, 0, i, 1);
}

}  // namespace

Result<ValueIds> slice_at_run_time(NodeContext& node) {
  const int rank = node.rank(kX);
  if (rank > kMostAxes) return unsupported("cuts a tensor of too many axes");
  const Shape starts = node.shape(kStarts), ends = node.shape(kEnds);
  if (starts.rank() != 1 || !starts.is_static() || !(starts == ends) || node.dtype(kStarts) != node.dtype(kEnds))
    return fail(ErrorCode::kInvalidModel, "its starts and ends do not fit");
  std::vector<int64_t> axes(static_cast<size_t>(std::min<int64_t>(starts[0], rank)));
  for (size_t i = 0; i < axes.size(); ++i) axes[i] = static_cast<int64_t>(i);
  if (node.has(kAxes)) {
    PESTLE_ASSIGN(axes, node.ints(kAxes, "axes"));
  }
  PESTLE_ASSIGN(axes, node.axes(std::move(axes), rank));
  if (static_cast<int64_t>(axes.size()) != starts[0]) return fail(ErrorCode::kInvalidModel, "its axes do not fit");
  if (node.has(kSteps)) {
    PESTLE_ASSIGN(const auto steps, node.ints(kSteps, "steps"));
    if (std::any_of(steps.begin(), steps.end(), [](int64_t step) { return step != 1; }))
      return unsupported("its steps are not 1, and its bounds are computed while the model runs");
  }
  Formula f(node.emit());
  if (axes.size() == 1 && takes_one(node.emit().graph(), node.input(kStarts), node.input(kEnds)))
    return f.result(f.op("GATHER", {node.input(kX), bound_at(f, node.input(kStarts), 0)}, {{"axis", axes[0]}}));
  int64_t whole = (int64_t{1} << rank) - 1;  // a bit for each axis that is not cut
  const ValueId zero = f.ints({0});
  ValueIds begins(rank, zero), bounds(rank, zero);
  for (size_t i = 0; i < axes.size(); ++i) {
    whole &= ~(int64_t{1} << axes[i]);
    begins[axes[i]] = bound_at(f, node.input(kStarts), static_cast<int64_t>(i));
    bounds[axes[i]] = bound_at(f, node.input(kEnds), static_cast<int64_t>(i));
  }
  const ValueId steps = f.ints(std::vector<int64_t>(rank, 1));
  return f.result(f.op("STRIDED_SLICE", {node.input(kX), f.concat(begins, 0), f.concat(bounds, 0), steps},
                       {{"begin_mask", whole}, {"end_mask", whole}}));
}

}  // namespace pestle::formats::onnx
