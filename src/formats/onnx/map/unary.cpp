// Operators of one operand that TFLite has under another name and without attributes.
#include <map>
#include <string_view>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

const std::map<std::string_view, const char*>& names() {
  static const std::map<std::string_view, const char*> table = {
      {"Abs", "ABS"},   {"Ceil", "CEIL"},   {"Cos", "COS"},
      {"Exp", "EXP"},   {"Floor", "FLOOR"}, {"HardSwish", "HARD_SWISH"},
      {"Log", "LOG"},   {"Neg", "NEG"},     {"Not", "LOGICAL_NOT"},
      {"Relu", "RELU"}, {"Round", "ROUND"}, {"Sigmoid", "LOGISTIC"},
      {"Sign", "SIGN"}, {"Sin", "SIN"},     {"Sqrt", "SQRT"},
      {"Tanh", "TANH"},
  };
  return table;
}

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  const DType dtype = node.dtype(0);
  const ValueId x = f.cast(node.input(0), computed_type(dtype));
  return f.result(f.cast(f.op(names().at(node.op_type()), {x}), dtype));
}

}  // namespace

const Mapping& map_unary() {
  static const Mapping mapping = [] {
    Mapping result = {{}, 1, map, true};
    for (const auto& [name, op] : names()) result.names.push_back(name.data());
    return result;
  }();
  return mapping;
}

}  // namespace pestle::formats::onnx
