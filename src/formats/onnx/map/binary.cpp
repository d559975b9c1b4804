// Arithmetic and comparison of two operands with NumPy broadcasting. Integer division of constants (shape arithmetic in
// int64, for which TFLite has no DIV) is done here.
#include <map>
#include <string_view>

#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

const std::map<std::string_view, const char*>& names() {
  static const std::map<std::string_view, const char*> table = {
      {"Add", "ADD"},         {"And", "LOGICAL_AND"},
      {"Div", "DIV"},         {"Equal", "EQUAL"},
      {"Greater", "GREATER"}, {"GreaterOrEqual", "GREATER_EQUAL"},
      {"Less", "LESS"},       {"LessOrEqual", "LESS_EQUAL"},
      {"Mul", "MUL"},         {"Or", "LOGICAL_OR"},
      {"Pow", "POW"},         {"Sub", "SUB"},
  };
  return table;
}

// Truncates toward zero, as C does. One operand may be a single number.
Result<ValueId> divide_integers(NodeContext& node) {
  PESTLE_ASSIGN(const auto a, node.ints(0, "dividend"));
  PESTLE_ASSIGN(const auto b, node.ints(1, "divisor"));
  if (a.size() != b.size() && a.size() != 1 && b.size() != 1) return unsupported("integer division that broadcasts");
  const bool repeats_a = a.size() == 1 && (b.size() != 1 || node.shape(1).rank() > node.shape(0).rank());
  std::vector<int64_t> quotients(repeats_a ? b.size() : a.size());
  for (size_t i = 0; i < quotients.size(); ++i) {
    const int64_t divisor = b[b.size() == 1 ? 0 : i];
    if (divisor == 0 || divisor == -1) return fail(ErrorCode::kInvalidModel, "divides integers by zero or minus one");
    quotients[i] = a[a.size() == 1 ? 0 : i] / divisor;
  }
  const Shape shape = repeats_a ? node.shape(1) : node.shape(0);
  return node.emit().constant({DType::kInt64, shape, std::as_bytes(std::span<const int64_t>(quotients))});
}

Result<ValueIds> map(NodeContext& node) {
  const bool divides_sizes =
      node.op_type() == "Div" && node.dtype(0) == DType::kInt64 && node.is_constant(0) && node.is_constant(1);
  if (divides_sizes) return one(divide_integers(node));
  ValueId exponent = node.input(1);
  if (node.op_type() == "Pow" && node.dtype(0) == DType::kFloat32) {  // ONNX allows another type for the exponent
    PESTLE_ASSIGN(exponent, node.emit().cast(exponent, DType::kFloat32));
  }
  return one(node.emit().emit(names().at(node.op_type()), {node.input(0), exponent}));
}

}  // namespace

const Mapping& map_binary() {
  static const Mapping mapping = [] {
    Mapping result = {{}, 2, map};
    for (const auto& [name, op] : names()) result.names.push_back(name.data());
    return result;
  }();
  return mapping;
}

}  // namespace pestle::formats::onnx
