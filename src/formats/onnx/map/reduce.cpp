// Reduce* -> MEAN, SUM, REDUCE_*. Axes are an operand from opset 13 (ReduceSum) or 18 (the others) on; none: all axes.
// Of bools the largest is true where any is, the least where all are. ReduceL1, ReduceL2, ReduceSumSquare,
// ReduceLogSum: the sum of |x| or x^2, and its root or logarithm.
#include <map>
#include <numeric>
#include <string_view>

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
      {"ReduceLogSum", {nullptr, "SUM", "LOG"}},
  };
  return table;
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
  if (!reduces_nothing) {
    PESTLE_ASSIGN(x, emit.emit(op, {x, emit.ints(axes)}, {{"keep_dims", node.integer("keepdims", 1) != 0}}));
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
