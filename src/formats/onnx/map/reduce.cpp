// Reduce* -> MEAN, SUM, REDUCE_*. Axes are an operand from opset 13 (ReduceSum) or 18 (the others) on; none: all axes.
// ReduceLogSumExp: less the largest before the exponential, which cannot overflow then. Of bools the largest is true
// where any is, the least where all are. ReduceL1, ReduceL2, ReduceSumSquare,
// ReduceLogSum: the sum of |x| or x^2, and its root or logarithm.
#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <string_view>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

struct Form {
  const char* before = nullptr;  // applied to each element
  const char* op = nullptr;
  const char* after = nullptr;  // applied to the result
};

const std::map<std::string_view, Form>& forms() {
  static const std::map<std::string_view, Form> table = {
      {"ReduceMean", {nullptr, "MEAN", nullptr}},        {"ReduceSum", {nullptr, "SUM", nullptr}},
      {"ReduceMax", {nullptr, "REDUCE_MAX", nullptr}},   {"ReduceMin", {nullptr, "REDUCE_MIN", nullptr}},
      {"ReduceProd", {nullptr, "REDUCE_PROD", nullptr}}, {"ReduceL1", {"ABS", "SUM", nullptr}},
      {"ReduceL2", {"SQUARE", "SUM", "SQRT"}},           {"ReduceSumSquare", {"SQUARE", "SUM", nullptr}},
      {"ReduceLogSum", {nullptr, "SUM", "LOG"}},         {"ReduceLogSumExp", {nullptr, nullptr, nullptr}},
  };
  return table;
}

Result<ValueIds> log_sum_exp(NodeContext& node, const std::vector<int64_t>& axes, bool keep_dims) {
  Formula f(node.emit());
  const ValueId x = node.input(0);
  const float lowest = std::numeric_limits<float>::lowest();
  const ValueId most = f.op("MAXIMUM", {f.reduce("REDUCE_MAX", x, axes), f.number(lowest)});
  const ValueId y = f.add(f.op("LOG", {f.reduce("SUM", f.op("EXP", {f.sub(x, most)}), axes)}), most);
  if (keep_dims) return f.result(y);
  Shape shape;
  for (int axis = 0; axis < node.rank(0); ++axis) {
    if (std::find(axes.begin(), axes.end(), axis) == axes.end()) shape.push_back(node.shape(0)[axis]);
  }
  return f.result(f.reshape(y, shape));
}

// Of nothing the largest number is the least there is, where TFLite's kernels have the least finite one.
Result<ValueIds> extremum_of_nothing(NodeContext& node, const std::vector<int64_t>& axes, bool keep_dims) {
  Formula f(node.emit());
  const float infinity = std::numeric_limits<float>::infinity();
  const ValueId zeros = f.reduce("SUM", node.input(0), axes, keep_dims);
  return f.result(f.add(zeros, f.number(node.op_type() == "ReduceMax" ? -infinity : infinity)));
}

Result<ValueIds> map(NodeContext& node) {
  const Form& form = forms().at(node.op_type());
  Emitter& emit = node.emit();
  PESTLE_ASSIGN(const auto given, node.integers_by_opset("axes", 1, node.op_type() == "ReduceSum" ? 13 : 18));
  PESTLE_ASSIGN(auto axes, node.axes(given.value_or(std::vector<int64_t>{}), node.rank(0)));
  ValueId x = node.input(0);
  if (form.before != nullptr) {
    PESTLE_ASSIGN(x, emit.emit(form.before, {x}));
  }
  const bool reduces_nothing = axes.empty() && node.integer("noop_with_empty_axes", 0) != 0;
  if (axes.empty()) {
    axes.resize(node.rank(0));
    std::iota(axes.begin(), axes.end(), 0);
  }
  const char* op = form.op;
  if (node.dtype(0) == DType::kBool) op = node.op_type() == "ReduceMax" ? "REDUCE_ANY" : "REDUCE_ALL";
  const bool keep_dims = node.integer("keepdims", 1) != 0;
  const bool is_extremum = node.op_type() == "ReduceMax" || node.op_type() == "ReduceMin";
  const bool is_empty = node.shape(0).is_static() && node.shape(0).elements() == 0;
  if (is_extremum && is_empty && !reduces_nothing && node.dtype(0) == DType::kFloat32)
    return extremum_of_nothing(node, axes, keep_dims);
  if (node.op_type() == "ReduceLogSumExp" && !reduces_nothing) return log_sum_exp(node, axes, keep_dims);
  if (!reduces_nothing) {
    PESTLE_ASSIGN(x, emit.emit(op, {x, emit.ints(axes)}, {{"keep_dims", keep_dims}}));
  }
  if (form.after == nullptr) return ValueIds{x};
  return one(emit.emit(form.after, {x}));
}

}  // namespace

const Mapping& map_reduce() {
  static const Mapping mapping = [] {
    Mapping result = {{}, 1, map};
    for (const auto& [name, form] : forms()) result.names.push_back(name.data());
    return result;
  }();
  return mapping;
}

}  // namespace pestle::formats::onnx
