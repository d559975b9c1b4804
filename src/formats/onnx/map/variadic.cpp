// Max, Min, Sum, Mean of any number of operands with broadcasting -> chains of MAXIMUM, MINIMUM, ADD (and MUL by 1/n).
#include <map>
#include <string_view>

#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  static const std::map<std::string_view, const char*> names = {
      {"Max", "MAXIMUM"}, {"Min", "MINIMUM"}, {"Sum", "ADD"}, {"Mean", "ADD"}};
  const char* op = names.at(node.op_type());
  ValueId result = node.input(0);
  for (int i = 1; i < node.inputs(); ++i) {
    PESTLE_ASSIGN(result, node.emit().emit(op, {result, node.input(i)}));
  }
  if (node.op_type() != "Mean" || node.inputs() == 1) return ValueIds{result};
  return one(node.emit().emit("MUL", {result, node.emit().number(1.0f / static_cast<float>(node.inputs()))}));
}

}  // namespace

const Mapping& map_variadic() {
  static const Mapping mapping = {{"Max", "Min", "Sum", "Mean"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
