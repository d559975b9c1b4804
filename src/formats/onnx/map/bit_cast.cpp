// BitCast -> BITCAST, between types of one size.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  const auto source_type = static_cast<codec::OnnxType>(node.integer("to", 0));
  const auto dtype = dtype_of(source_type);
  const bool is_widened = source_type == codec::OnnxType::kFloat16 || source_type == codec::OnnxType::kBfloat16 ||
                          source_type == codec::OnnxType::kDouble;
  if (!dtype || is_widened) return unsupported("reads bits as a type that no .tflite file has");
  if (dtype_bits(*dtype) != dtype_bits(node.dtype(0)))
    return unsupported("reads bits as a type of another size, or that of float16 numbers");
  if (*dtype == node.dtype(0)) return ValueIds{node.input(0)};
  // Of a bool the only bits are 0 and 1.
  if (node.dtype(0) == DType::kBool) return one(node.emit().cast(node.input(0), *dtype));
  if (*dtype == DType::kBool) return unsupported("reads bits as bools");
  OpSpec spec{"BITCAST", {node.input(0)}};
  spec.types = {ir::Type{*dtype, {}, nullptr}};
  return node.emit().emit_all(std::move(spec));
}

}  // namespace

const Mapping& map_bit_cast() {
  static const Mapping mapping = {{"BitCast"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
