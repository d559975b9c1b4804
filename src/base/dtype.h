// Element types of tensors. The values are those of TFLite's TensorType, so that no table is needed between
// a file and the graph.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/half.h"

namespace pestle {

enum class DType : int8_t {
  kFloat32 = 0,
  kFloat16 = 1,
  kInt32 = 2,
  kUInt8 = 3,
  kInt64 = 4,
  kString = 5,
  kBool = 6,
  kInt16 = 7,
  kComplex64 = 8,
  kInt8 = 9,
  kFloat64 = 10,
  kComplex128 = 11,
  kUInt64 = 12,
  kResource = 13,
  kVariant = 14,
  kUInt32 = 15,
  kUInt16 = 16,
  kInt4 = 17,
  kBFloat16 = 18,
  kInt2 = 19,
  kUInt4 = 20,
  kFloat8E4M3FN = 21,
  kFloat8E5M2 = 22,
};
inline constexpr int kDTypeCount = 23;

// "float32", "int8", ...; the name used in text forms, messages and JSON.
const char* dtype_name(DType dtype);
std::optional<DType> dtype_from_name(std::string_view name);
inline bool is_known_dtype(int value) { return value >= 0 && value < kDTypeCount; }

// Bits of one element as it is stored in a file (4 for int4); 0 where elements have no fixed size.
int dtype_bits(DType dtype);
inline bool is_packed(DType dtype) { return dtype_bits(dtype) != 0 && dtype_bits(dtype) < 8; }
bool is_float(DType dtype);
// The integer types that TFLite uses as storage of quantized activations and weights.
bool is_quantized_storage(DType dtype);

template <typename T>
constexpr DType dtype_of();
// A table: one row a type.
// clang-format off
template <> constexpr DType dtype_of<float>() { return DType::kFloat32; }
template <> constexpr DType dtype_of<Half>() { return DType::kFloat16; }
template <> constexpr DType dtype_of<double>() { return DType::kFloat64; }
template <> constexpr DType dtype_of<int8_t>() { return DType::kInt8; }
template <> constexpr DType dtype_of<uint8_t>() { return DType::kUInt8; }
template <> constexpr DType dtype_of<int16_t>() { return DType::kInt16; }
template <> constexpr DType dtype_of<uint16_t>() { return DType::kUInt16; }
template <> constexpr DType dtype_of<int32_t>() { return DType::kInt32; }
template <> constexpr DType dtype_of<uint32_t>() { return DType::kUInt32; }
template <> constexpr DType dtype_of<int64_t>() { return DType::kInt64; }
template <> constexpr DType dtype_of<uint64_t>() { return DType::kUInt64; }
template <> constexpr DType dtype_of<bool>() { return DType::kBool; }
// clang-format on

}  // namespace pestle
