// BitwiseXor -> BITWISE_XOR, BitwiseNot: with all bits set. The others are arithmetic in int32, on halves of 16 bits
// that cannot overflow: a & b = (a + b - (a ^ b)) / 2, a | b = a + b - (a & b). BitShift: RIGHT_SHIFT, or times a power
// of 2.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

ValueId shift_right(Formula& f, ValueId x, int bits) { return f.op("RIGHT_SHIFT", {x, f.emit().integer(bits)}); }

ValueId common_bits(Formula& f, ValueId a, ValueId b, bool either) {
  const ValueId sum = f.add(a, b);
  const ValueId both = shift_right(f, f.sub(sum, f.op("BITWISE_XOR", {a, b})), 1);
  return either ? f.sub(sum, both) : both;
}

ValueId in_halves(Formula& f, ValueId a, ValueId b, bool either) {
  const ValueId half = f.emit().integer(1 << 16);
  const ValueId high_a = shift_right(f, a, 16), high_b = shift_right(f, b, 16);
  const ValueId low = common_bits(f, f.sub(a, f.mul(high_a, half)), f.sub(b, f.mul(high_b, half)), either);
  return f.add(f.mul(common_bits(f, high_a, high_b, either), half), low);
}

// Bits that leave the type are dropped by its modulus.
ValueId shift(NodeContext& node, Formula& f, ValueId x, ValueId bits) {
  if (node.text("direction", "") == "RIGHT") return f.op("RIGHT_SHIFT", {x, bits});
  const ValueId most = f.emit().integer(16);
  const ValueId factor = f.op("POW", {f.emit().integer(2), f.op("MINIMUM", {bits, most})});
  if (node.dtype(0) == DType::kUInt8) x = f.op("FLOOR_MOD", {f.mul(x, factor), f.emit().integer(1 << 8)});
  return x;
}

Result<ValueIds> map(NodeContext& node) {
  const DType dtype = node.dtype(0);
  const std::string& op = node.op_type();
  if (op != "BitwiseNot" && !node.has(1)) return fail(ErrorCode::kInvalidModel, "lacks its input 1");
  if (computed_type(dtype) != DType::kInt32)
    return unsupported("bits of a type other than int8, uint8, int16 and int32");
  if (op == "BitShift" && dtype != DType::kUInt8) return unsupported("shifts of a type other than uint8");
  Formula f(node.emit());
  const ValueId a = f.cast(node.input(0), DType::kInt32);
  if (op == "BitwiseNot") return f.result(f.cast(f.op("BITWISE_XOR", {a, f.emit().integer(-1)}), dtype));
  const ValueId b = f.cast(node.input(1), DType::kInt32);
  ValueId y = ir::kNoValue;
  if (op == "BitwiseXor") {
    y = f.op("BITWISE_XOR", {a, b});
  } else if (op == "BitShift") {
    y = shift(node, f, a, b);
  } else {
    const bool either = op == "BitwiseOr";
    y = dtype == DType::kInt32 ? in_halves(f, a, b, either) : common_bits(f, a, b, either);
  }
  return f.result(f.cast(y, dtype));
}

}  // namespace

const Mapping& map_bitwise() {
  static const Mapping mapping = {{"BitShift", "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
