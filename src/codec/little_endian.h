// Numbers in little-endian byte order at any address. The caller has checked that the bytes are there.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace pestle::codec {

static_assert(std::endian::native == std::endian::little, "the codecs copy numbers as they lie in files");

template <typename T>
T load_le(std::span<const std::byte> bytes, size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

}  // namespace pestle::codec
