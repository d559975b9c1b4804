// Runs one piece of code for the C++ type of an element type: visit<float, int32_t>(dtype, [&](auto zero) {...}) calls
// the function with a zero of the type; what is not listed is an error. The function returns Status or nothing.
#pragma once

#include <type_traits>

#include "base/dtype.h"
#include "base/status.h"

namespace pestle::ops {

template <typename... Types, typename F>
Status visit(DType dtype, F f) {
  Status status = fail(ErrorCode::kInternal, "no reference for this type");
  const auto call = [&](auto zero) {
    if (dtype != dtype_of<decltype(zero)>()) return;
    if constexpr (std::is_void_v<decltype(f(zero))>) {
      f(zero);
      status = {};
    } else {
      status = f(zero);
    }
  };
  (call(Types{}), ...);
  return status;
}

}  // namespace pestle::ops
