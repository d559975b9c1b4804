// What is known of a value: element type, shape, and how its integers stand for real numbers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/dtype.h"
#include "base/shape.h"

namespace pestle::ir {

using ValueId = int32_t;
inline constexpr ValueId kNoValue = -1;

// Scales that stand in another value of the same graph, one per block of the innermost axis (or per slice of
// several axes). zero_points may be kNoValue: all zero.
struct BlockScales {
  ValueId scales = kNoValue;
  ValueId zero_points = kNoValue;
  int32_t block_size = 0;
  bool multi_axis = false;    // MultiAxisQuantization of the file format; else blockwise
  std::vector<int32_t> axes;  // multi_axis only
  friend bool operator==(const BlockScales&, const BlockScales&) = default;
};

// real = scale * (q - zero_point). One scale for the whole tensor, or one per slice along `axis`.
// min/max are informative (ranges that some writer recorded); they alone do not make a tensor quantized.
struct Quantization {
  std::vector<float> scale;
  std::vector<int64_t> zero_point;
  int32_t axis = 0;
  std::vector<float> min;
  std::vector<float> max;
  std::optional<BlockScales> blocks;
  std::vector<std::byte> custom;  // CustomQuantization of the file format, carried untouched

  bool per_channel() const { return scale.size() > 1; }
  float scale_at(size_t channel) const { return scale[per_channel() ? channel : 0]; }
  int64_t zero_point_at(size_t channel) const {
    return zero_point.empty() ? 0 : zero_point[zero_point.size() > 1 ? channel : 0];
  }
  friend bool operator==(const Quantization&, const Quantization&) = default;
};

struct Type {
  DType dtype = DType::kFloat32;
  Shape shape;
  std::shared_ptr<const Quantization> quantization;  // null: none recorded

  // True if the integers stand for reals through at least one scale.
  bool is_quantized() const {
    return quantization && (!quantization->scale.empty() || quantization->blocks.has_value());
  }
  float scale() const { return quantization->scale[0]; }
  int32_t zero_point() const { return static_cast<int32_t>(quantization->zero_point_at(0)); }
};

// Per-tensor quantization.
std::shared_ptr<const Quantization> per_tensor(float scale, int64_t zero_point);

// Same dtype, shape and quantization (by value).
bool operator==(const Type& a, const Type& b);

}  // namespace pestle::ir
