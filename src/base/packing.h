// Packed small integers: element 0 in the low bits of the first byte, row-major over the flattened tensor,
// no padding between rows (facts of the .tflite format).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pestle {

inline int8_t unpack_int4(std::span<const std::byte> packed, int64_t index) {
  const auto pair = static_cast<uint8_t>(packed[static_cast<size_t>(index / 2)]);
  const int nibble = index % 2 == 0 ? pair & 0xf : pair >> 4;
  return static_cast<int8_t>(nibble < 8 ? nibble : nibble - 16);
}

inline std::vector<int8_t> unpack_int4(std::span<const std::byte> packed, size_t elements) {
  std::vector<int8_t> values(elements);
  for (size_t i = 0; i < elements; ++i) values[i] = unpack_int4(packed, static_cast<int64_t>(i));
  return values;
}

inline std::vector<std::byte> pack_int4(std::span<const int8_t> values) {
  std::vector<std::byte> packed((values.size() + 1) / 2);
  for (size_t i = 0; i < values.size(); ++i) {
    const auto nibble = static_cast<uint8_t>(values[i] & 0xf);
    packed[i / 2] |= static_cast<std::byte>(i % 2 == 0 ? nibble : nibble << 4);
  }
  return packed;
}

}  // namespace pestle
