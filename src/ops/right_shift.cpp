// RIGHT_SHIFT
//   y = a >> b, broadcasting: signed integers keep their sign; b counts as at least 0 and at most the bits of a less 1.
#include <algorithm>

#include "ops/core/bits.h"

namespace pestle::ops {
namespace {

Status evaluate(const Evaluation& e) {
  return map_bits(e, [](auto a, auto b) {
    constexpr int64_t kMost = static_cast<int64_t>(sizeof(a)) * 8 - 1;
    return static_cast<decltype(a)>(a >> std::clamp<int64_t>(b, 0, kMost));
  });
}

}  // namespace

const OpDef& op_right_shift() {
  static const OpDef def = [] {
    OpDef bits = bit_operator("RIGHT_SHIFT", 161);
    bits.options_record = "RightShiftOptions";
    bits.summary = "y = a >> b";
    bits.evaluate = evaluate;
    return bits;
  }();
  return def;
}

}  // namespace pestle::ops
