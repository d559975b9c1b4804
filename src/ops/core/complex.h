// Operators that make a real number of a complex one, which is stored as its real part and then its imaginary part.
#pragma once

#include <type_traits>

#include "ops/core/op_def.h"

namespace pestle::ops {

inline constexpr DTypeSet kComplex64 = DType::kComplex64;
inline constexpr DTypeSet kComplex128 = DType::kComplex128;

inline Status infer_complex_part(Inference& in) {
  in.set(0, in.dtype(0) == DType::kComplex64 ? DType::kFloat32 : DType::kFloat64, in.shape(0));
  return {};
}

// What they have in common; the caller adds summary and reference.
inline OpDef complex_operator(const char* name, int code) {
  return {
      .name = name,
      .code = code,
      .options_record = "",
      .summary = "",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"complex64", {kComplex64}, {kF32}, 1}, {"complex128", {kComplex128}, {DType::kFloat64}, 1}},
      .infer = infer_complex_part,
  };
}

// y[i] = f(real, imaginary) of x[i].
template <typename F>
Status map_complex(const Evaluation& e, F f) {
  const auto map = [&](auto* y) {
    using T = std::remove_pointer_t<decltype(y)>;
    const T* x = reinterpret_cast<const T*>(e.inputs[0].data);
    for (int64_t i = 0; i < e.outputs[0].elements(); ++i) y[i] = f(x[2 * i], x[2 * i + 1]);
  };
  if (e.inputs[0].dtype() == DType::kComplex64) {
    map(e.outputs[0].as<float>());
  } else {
    map(e.outputs[0].as<double>());
  }
  return {};
}

}  // namespace pestle::ops
