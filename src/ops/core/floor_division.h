// What FLOOR_DIV and FLOOR_MOD share.
#pragma once

#include <algorithm>
#include <type_traits>

#include "ops/core/binary.h"
#include "ops/core/visit.h"

namespace pestle::ops {

// What they have in common; the caller adds record, summary, type rows and reference.
inline OpDef floor_operator(const char* name, int code) {
  return {
      .name = name,
      .code = code,
      .options_record = "",
      .summary = "",
      .inputs = {{"a"}, {"b"}},
      .outputs = {{"y"}},
      .options = {},
      .types = {},
      .traits = {.output_may_share_input = true},
      .infer = infer_binary,
      .layout = {LayoutKind::kBroadcast},
  };
}

// An integer divisor of 0 is an error.
template <typename T>
Status check_divisors(const Evaluation& e) {
  if (std::is_floating_point_v<T>) return {};
  const T* b = e.inputs[1].as<T>();
  if (std::find(b, b + e.inputs[1].elements(), T{0}) == b + e.inputs[1].elements()) return {};
  return fail(ErrorCode::kInvalidArgument, "a divisor is 0");
}

}  // namespace pestle::ops
