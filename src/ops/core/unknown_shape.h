// Shapes of which only the rank is known, given by the length of an operand that a file may make absurdly long.
#pragma once

#include <string>
#include <vector>

#include "base/shape.h"
#include "base/status.h"

namespace pestle::ops {

inline Result<Shape> unknown_shape(int64_t rank) {
  constexpr int64_t kMostAxes = 64;  // no kernel takes more than 8
  if (rank < 0 || rank > kMostAxes)
    return fail(ErrorCode::kInvalidModel, "a shape of " + std::to_string(rank) + " axes is absurd");
  return Shape(std::vector<int64_t>(static_cast<size_t>(rank), kUnknown));
}

}  // namespace pestle::ops
