// Arithmetic and comparison of two operands with NumPy broadcasting. Integer division of constants (shape arithmetic in
// int64, for which TFLite has no DIV) is done here. Before operator set 7 the second operand was broadcast where the
// attribute "broadcast" says so, its first axis being that of attribute "axis" of the first.
#include <map>
#include <string_view>

#include "formats/core/formula.h"
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
      {"Xor", "NOT_EQUAL"},
  };
  return table;
}

// Truncates toward zero, as C does. One operand may be a single number.
Result<ValueId> divide_integers(NodeContext& node) {
  PESTLE_ASSIGN(const auto a, node.ints(0, "dividend"));
  PESTLE_ASSIGN(const auto b, node.ints(1, "divisor"));
  if (!(node.shape(0) == node.shape(1)) && a.size() != 1 && b.size() != 1)
    return unsupported("integer division that broadcasts");
  const bool repeats_a = a.size() == 1 && (b.size() != 1 || node.shape(1).rank() > node.shape(0).rank());
  std::vector<int64_t> quotients(repeats_a ? b.size() : a.size());
  for (size_t i = 0; i < quotients.size(); ++i) {
    const int64_t divisor = b[b.size() == 1 ? 0 : i];
    const int64_t dividend = a[a.size() == 1 ? 0 : i];
    if (divisor == 0) return fail(ErrorCode::kInvalidModel, "divides integers by zero");
    // The least integer has no opposite; it wraps.
    quotients[i] = divisor == -1 ? static_cast<int64_t>(-static_cast<uint64_t>(dividend)) : dividend / divisor;
  }
  const Shape shape = repeats_a ? node.shape(1) : node.shape(0);
  return node.emit().constant({DType::kInt64, shape, std::as_bytes(std::span<const int64_t>(quotients))});
}

// The second operand, with unit axes behind it where an old model lays its first axis on `axis` of the first operand.
Result<ValueId> second_operand(NodeContext& node) {
  const ValueId b = node.input(1);
  if (!node.is_before(7) || node.integer("broadcast", 0) == 0 || !node.has_attribute("axis")) return b;
  PESTLE_ASSIGN(const int axis, node.axis(node.integer("axis", 0), node.rank(0)));
  Shape shape = node.shape(1);
  if (axis + shape.rank() > node.rank(0))
    return fail(ErrorCode::kInvalidModel, "its second operand reaches beyond the axes of its first");
  while (axis + shape.rank() < node.rank(0)) shape.push_back(1);
  return node.emit().reshape(b, shape);
}

// The one exponent of a Pow of floats; 0 where there are others, or none.
float only_exponent(NodeContext& node) {
  const bool is_one = node.op_type() == "Pow" && node.dtype(0) == DType::kFloat32 && node.is_constant(1) &&
                      node.shape(1).elements() == 1 && node.rank(1) <= node.rank(0);
  const auto exponent = is_one ? to_floats(node.emit().graph().constant(node.input(1))) : std::vector<float>();
  return exponent.size() == 1 ? exponent[0] : 0;
}

// Powers that are products or a root: quicker, and with integer kernels.
Result<ValueIds> power(NodeContext& node, float exponent) {
  Formula f(node.emit());
  const ValueId x = node.input(0);
  if (exponent == 0.5f) return f.result(f.op("SQRT", {x}));
  const ValueId square = f.mul(x, x);
  return f.result(exponent == 2 ? square : f.mul(square, x));
}

Result<ValueIds> map(NodeContext& node) {
  const std::string& op = node.op_type();
  const DType dtype = node.dtype(0);
  if (op == "Div" && dtype == DType::kInt64 && node.is_constant(0) && node.is_constant(1))
    return one(divide_integers(node));
  if (const float exponent = only_exponent(node); exponent == 2 || exponent == 3 || exponent == 0.5f) {
    return power(node, exponent);
  }
  PESTLE_ASSIGN(const ValueId b, second_operand(node));
  Formula f(node.emit());
  DType computed = computed_type(dtype);
  if (op == "Div" && dtype == DType::kInt64) computed = DType::kInt32;  // the widest that TFLite divides
  // The exponent may be of another type.
  if (op == "Pow" && (node.dtype(1) != dtype || computed != DType::kInt32)) computed = DType::kFloat32;
  const ValueId y = f.op(names().at(op), {f.cast(node.input(0), computed), f.cast(b, computed)});
  return f.result(f.dtype(y) == DType::kBool ? y : f.cast(y, dtype));
}

}  // namespace

const Mapping& map_binary() {
  static const Mapping mapping = [] {
    Mapping result = {{}, 2, map, true};
    for (const auto& [name, op] : names()) result.names.push_back(name.data());
    return result;
  }();
  return mapping;
}

}  // namespace pestle::formats::onnx
