// BITWISE_XOR
//   y = a ^ b of the bits of integers, broadcasting.
#include "ops/core/bits.h"

namespace pestle::ops {
namespace {

Status evaluate(const Evaluation& e) {
  return map_bits(e, [](auto a, auto b) { return static_cast<decltype(a)>(a ^ b); });
}

}  // namespace

const OpDef& op_bitwise_xor() {
  static const OpDef def = [] {
    OpDef bits = bit_operator("BITWISE_XOR", 160);
    bits.options_record = "BitwiseXorOptions";
    bits.summary = "y = a ^ b";
    bits.evaluate = evaluate;
    return bits;
  }();
  return def;
}

}  // namespace pestle::ops
