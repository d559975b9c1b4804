// Max, Min, Sum, Mean of any number of operands with broadcasting -> chains of MAXIMUM, MINIMUM, ADD (and MUL by 1/n).
#include <map>
#include <string_view>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  static const std::map<std::string_view, const char*> names = {
      {"Max", "MAXIMUM"}, {"Min", "MINIMUM"}, {"Sum", "ADD"}, {"Mean", "ADD"}};
  const char* op = names.at(node.op_type());
  Formula f(node.emit());
  const DType dtype = node.dtype(0);
  const DType computed = computed_type(dtype);
  ValueId result = f.cast(node.input(0), computed);
  for (int i = 1; i < node.inputs(); ++i) result = f.op(op, {result, f.cast(node.input(i), computed)});
  if (node.op_type() == "Mean") result = f.scale(result, 1.0f / static_cast<float>(node.inputs()));
  return f.result(f.cast(result, dtype));
}

}  // namespace

const Mapping& map_variadic() {
  static const Mapping mapping = {{"Max", "Min", "Sum", "Mean"}, 1, map, true};
  return mapping;
}

}  // namespace pestle::formats::onnx
