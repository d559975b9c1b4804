// Cast -> CAST. Types that have no place in the graph become the nearest that has (double and half: float32).
#include <algorithm>
#include <iterator>

#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

// Operator sets before 6 name the type.
codec::OnnxType wanted_type(NodeContext& node) {
  if (!node.is_before(6)) return static_cast<codec::OnnxType>(node.integer("to", 0));
  static constexpr const char* kNames[] = {"UNDEFINED", "FLOAT",  "UINT8", "INT8",    "UINT16", "INT16",  "INT32",
                                           "INT64",     "STRING", "BOOL",  "FLOAT16", "DOUBLE", "UINT32", "UINT64"};
  const std::string name = node.text("to", "");
  const auto* const found = std::find(std::begin(kNames), std::end(kNames), name);
  return static_cast<codec::OnnxType>(found == std::end(kNames) ? 0 : found - std::begin(kNames));
}

Result<ValueIds> map(NodeContext& node) {
  const auto dtype = dtype_of(wanted_type(node));
  if (!dtype) return unsupported("casts to a type that no .tflite file has");
  return one(node.emit().cast(node.input(0), *dtype));
}

}  // namespace

const Mapping& map_cast() {
  static const Mapping mapping = {{"Cast"}, 1, map, true};
  return mapping;
}

}  // namespace pestle::formats::onnx
