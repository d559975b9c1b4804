// Operators on the bits of integers: what BITWISE_XOR and RIGHT_SHIFT share.
#pragma once

#include "ops/core/binary.h"
#include "ops/core/visit.h"

namespace pestle::ops {

inline constexpr DTypeSet kBitTypes = kI8 | kU8 | kI16 | DTypeSet(DType::kUInt16) | kI32 | kU32;

// f(a, b) of every pair; f is a function of two integers of one type.
template <typename F>
Status map_bits(const Evaluation& e, F f) {
  return visit<int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t>(e.inputs[0].dtype(), [&](auto zero) {
    using T = decltype(zero);
    map_binary<T>(e, f);
  });
}

// What they have in common; the caller adds record, summary and reference.
inline OpDef bit_operator(const char* name, int code) {
  return {
      .name = name,
      .code = code,
      .options_record = "",
      .summary = "",
      .inputs = {{"a"}, {"b"}},
      .outputs = {{"y"}},
      .options = {},
      .types = {{"base", {kBitTypes}, {kBitTypes}, 1}},
      .traits = {.output_may_share_input = true},
      .infer = infer_binary,
      .layout = {LayoutKind::kBroadcast},
  };
}

}  // namespace pestle::ops
