// QuantizeLinear -> QUANTIZE, DequantizeLinear -> DEQUANTIZE, per tensor or along an axis. TFLite rounds ties away from
// zero where ONNX rounds them to even. Blocks of scales become formulas over the numbers themselves.
#include <algorithm>

#include "formats/core/formula.h"
#include "formats/onnx/codes.h"

namespace pestle::formats::onnx {
namespace {

// Of codes without a zero point: the attribute output_dtype, else uint8.
Result<DType> code_type(NodeContext& node) {
  if (node.has(2)) return node.dtype(2);
  const int64_t wanted = node.integer("output_dtype", 0);
  if (wanted == 0) return DType::kUInt8;
  const auto dtype = dtype_of(static_cast<codec::OnnxType>(wanted));
  if (!dtype) return unsupported("its output type has no place in a .tflite file");
  return *dtype;
}

// One number for each block of `block` elements along the axis, repeated: of the shape of x.
ValueId spread(Formula& f, ValueId numbers, int axis, const Shape& shape) {
  numbers = f.cast(numbers, DType::kFloat32);
  if (f.failed()) return numbers;
  std::vector<int64_t> split, wide;
  for (int i = 0; i < shape.rank(); ++i) {
    const int64_t blocks = f.shape(numbers)[i];
    split.push_back(blocks);
    wide.push_back(blocks);
    if (i != axis) continue;
    split.push_back(1);
    wide.push_back((shape[i] + blocks - 1) / blocks);
  }
  const ValueId repeated = f.broadcast_to(f.reshape(numbers, Shape(split)), Shape(wide));
  std::vector<int64_t> merged(shape.begin(), shape.end());
  merged[axis] = wide[axis] * wide[axis + 1];
  return f.slice(f.reshape(repeated, Shape(merged)), axis, 0, shape[axis]);
}

struct Operands {
  ValueId scale, zero;  // float32, broadcast over x
};

Result<Operands> as_numbers(NodeContext& node, Formula& f, int axis) {
  const Shape shape = node.shape(0);
  const bool is_blocked = node.rank(1) == shape.rank() && shape.rank() > 0 && node.shape(1).elements() > 1;
  const bool fits = !node.has(2) || (is_blocked ? node.shape(2) == node.shape(1)
                                                : node.shape(2).elements() == node.shape(1).elements());
  if (!fits) return fail(ErrorCode::kInvalidModel, "its zero points do not fit its scales");
  const auto place = [&](ValueId id) {
    if (is_blocked) return spread(f, id, axis, shape);
    std::vector<int64_t> extents(shape.rank(), 1);
    if (f.shape(id).elements() > 1) extents[axis] = f.shape(id).elements();
    return f.reshape(f.cast(id, DType::kFloat32), Shape(extents));
  };
  if (is_blocked) {
    for (int i = 0; i < shape.rank(); ++i) {
      const int64_t blocks = node.shape(1)[i];
      if (blocks < 1 || (i == axis ? blocks > shape[i] : blocks != shape[i]))
        return fail(ErrorCode::kInvalidModel, "its blocks of scales do not fit its input");
    }
  } else if (node.shape(1).elements() > 1 && (shape.rank() == 0 || node.shape(1).elements() != shape[axis])) {
    return fail(ErrorCode::kInvalidModel, "its scales do not fit its input");
  }
  return Operands{place(node.input(1)), node.has(2) ? place(node.input(2)) : f.number(0)};
}

bool is_plain(NodeContext& node) {
  return node.is_constant(1) && (!node.has(2) || node.is_constant(2)) && node.rank(1) <= 1;
}

Result<int> axis_of(NodeContext& node) {
  const int rank = node.rank(0);
  if (rank == 0 || node.shape(1).elements() <= 1) return 0;
  return node.axis(node.integer("axis", 1), rank);
}

Result<ValueIds> map_dequantize(NodeContext& node) {
  PESTLE_ASSIGN(const int axis, axis_of(node));
  if (is_plain(node)) {
    PESTLE_ASSIGN(CodeParameters parameters, read_parameters(node, 1, 2, node.dtype(0)));
    parameters.axis = axis;
    return one(dequantize(node.emit(), node.input(0), parameters));
  }
  Formula f(node.emit());
  PESTLE_ASSIGN(const Operands operands, as_numbers(node, f, axis));
  return f.result(f.mul(f.sub(f.cast(node.input(0), DType::kFloat32), operands.zero), operands.scale));
}

Result<ValueIds> map_quantize(NodeContext& node) {
  PESTLE_ASSIGN(const DType dtype, code_type(node));
  PESTLE_ASSIGN(const int axis, axis_of(node));
  if (is_plain(node) && (node.shape(1).elements() == 1 || dtype == DType::kInt8)) {
    PESTLE_ASSIGN(CodeParameters parameters, read_parameters(node, 1, 2, dtype));
    parameters.axis = axis;
    if (has_kernels(parameters)) return one(quantize(node.emit(), node.input(0), parameters));
  }
  const bool is_signed = dtype == DType::kInt8 || dtype == DType::kInt16;
  if (!is_signed && dtype != DType::kUInt8 && dtype != DType::kUInt16)
    return unsupported("its output type has no kernels in TFLite");
  const double codes = dtype_bits(dtype) == 8 ? 256 : 65536;
  const double lowest = is_signed ? -codes / 2 : 0;
  Formula f(node.emit());
  PESTLE_ASSIGN(const Operands operands, as_numbers(node, f, axis));
  const ValueId scaled = f.div(f.cast(node.input(0), DType::kFloat32), operands.scale);
  const ValueId code = f.add(f.op("ROUND", {scaled}), operands.zero);
  const ValueId low = f.number(static_cast<float>(lowest)), high = f.number(static_cast<float>(lowest + codes - 1));
  return f.result(f.cast(f.op("MINIMUM", {f.op("MAXIMUM", {code, low}), high}), dtype));
}

Result<ValueIds> map(NodeContext& node) {
  return node.op_type() == "QuantizeLinear" ? map_quantize(node) : map_dequantize(node);
}

}  // namespace

const Mapping& map_quantize_linear() {
  static const Mapping mapping = {
      {"QuantizeLinear", "DequantizeLinear", "com.microsoft.QuantizeLinear", "com.microsoft.DequantizeLinear"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
