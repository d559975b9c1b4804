// What RANDOM_UNIFORM and RANDOM_STANDARD_NORMAL share: the shape of the result is operand 0.
#pragma once

#include <algorithm>

#include "ops/core/op_def.h"
#include "ops/core/philox.h"
#include "ops/core/unknown_shape.h"

namespace pestle::ops {

inline Status infer_random(Inference& in) {
  if (in.shape(0).rank() != 1) return fail(ErrorCode::kInvalidModel, "the shape must be a list");
  if (in.shape(0)[0] == kUnknown) return fail(ErrorCode::kUnsupported, "the rank of the result is not known");
  PESTLE_ASSIGN(Shape y, unknown_shape(in.shape(0)[0]));
  if (const auto known = in.ints(0)) {
    y = Shape(*known);
    if (!checked_elements(y)) return fail(ErrorCode::kInvalidModel, "an extent of shape is negative or too large");
  }
  in.set(0, DType::kFloat32, std::move(y));
  return {};
}

// Fills the output by fours: turn(four random numbers, four floats).
template <typename Turn>
void draw_floats(const Evaluation& e, Turn turn) {
  Philox random(e.node);
  float* y = e.outputs[0].as<float>();
  const int64_t count = e.outputs[0].elements();
  for (int64_t i = 0; i < count; i += 4) {
    float four[4];
    turn(random(), four);
    std::copy_n(four, std::min<int64_t>(4, count - i), y + i);
  }
}

inline OpDef random_operator(const char* name, int code) {
  return {
      .name = name,
      .code = code,
      .options_record = "RandomOptions",
      .summary = "",
      .inputs = {{"shape"}},
      .outputs = {{"out"}},
      .options = {kSeed.info(), kSeed2.info()},
      .types = {{"float32", {kI32}, {kF32}, 1}},
      .traits = {.is_random = true},
      .infer = infer_random,
  };
}

}  // namespace pestle::ops
