// Walks a tensor whose scales may differ from channel to channel.
#pragma once

#include "base/status.h"
#include "ir/type.h"

namespace pestle::ops {

inline bool is_per_channel(const ir::Type& type) { return type.quantization && type.quantization->per_channel(); }

// Several scales: the axis exists and has as many slices as there are scales and zero points.
inline Status check_channels(const ir::Type& type, const Shape& shape) {
  if (!is_per_channel(type)) return {};
  const ir::Quantization& q = *type.quantization;
  const bool has_axis = q.axis >= 0 && q.axis < shape.rank();
  const auto channels = static_cast<int64_t>(q.scale.size());
  if (!has_axis || (shape[q.axis] != kUnknown && shape[q.axis] != channels) ||
      (q.zero_point.size() > 1 && q.zero_point.size() != q.scale.size())) {
    return fail(ErrorCode::kInvalidModel, std::to_string(channels) + " scales along axis " + std::to_string(q.axis) +
                                              " do not fit the shape " + to_string(shape));
  }
  return {};
}

// Calls body(index, channel) for every element of a static shape in order; channel is 0 if there is one scale.
template <typename Body>
void for_each_channel(const ir::Type& type, Body body) {
  const int64_t total = type.shape.elements();
  if (!is_per_channel(type)) {
    for (int64_t i = 0; i < total; ++i) body(i, size_t{0});
    return;
  }
  const int64_t step = row_major_strides(type.shape)[type.quantization->axis];
  const int64_t channels = type.shape[type.quantization->axis];
  for (int64_t i = 0; i < total; ++i) body(i, static_cast<size_t>(i / step % channels));
}

}  // namespace pestle::ops
