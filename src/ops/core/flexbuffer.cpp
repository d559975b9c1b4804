#include "ops/core/flexbuffer.h"

#include <bit>
#include <cstdint>

namespace pestle::ops {
namespace {

constexpr uint8_t kInt = 1, kUInt = 2, kFloat = 3, kIndirectInt = 6, kIndirectFloat = 8, kMap = 9, kBool = 26;

// Reads inside the bytes; nothing outside.
class Cursor {
 public:
  explicit Cursor(std::span<const std::byte> bytes) : bytes_(bytes) {}
  size_t size() const { return bytes_.size(); }

  // A little-endian number of 1, 2, 4 or 8 bytes.
  std::optional<uint64_t> number(size_t at, size_t width) const {
    if (at > bytes_.size() || width > bytes_.size() - at) return std::nullopt;
    uint64_t value = 0;
    for (size_t i = 0; i < width; ++i) value |= static_cast<uint64_t>(bytes_[at + i]) << (8 * i);
    return value;
  }
  // Offsets count backwards from where they stand.
  std::optional<size_t> follow(size_t at, size_t width) const {
    const auto offset = number(at, width);
    return offset && *offset <= at ? std::optional(at - static_cast<size_t>(*offset)) : std::nullopt;
  }
  std::optional<std::string> text(size_t at) const {
    std::string result;
    for (; at < bytes_.size() && bytes_[at] != std::byte{0}; ++at) result += static_cast<char>(bytes_[at]);
    return at < bytes_.size() ? std::optional(result) : std::nullopt;
  }

 private:
  std::span<const std::byte> bytes_;
};

size_t width_of(uint8_t packed) { return size_t{1} << (packed & 3); }

std::optional<double> real(uint64_t bits, size_t width) {
  if (width == 4) return std::bit_cast<float>(static_cast<uint32_t>(bits));
  return width == 8 ? std::optional(std::bit_cast<double>(bits)) : std::nullopt;
}

double signed_value(uint64_t bits, size_t width) {
  const int unused = 64 - 8 * static_cast<int>(width);
  return static_cast<double>(static_cast<int64_t>(bits << unused) >> unused);
}

// The value of type `packed` whose slot of `width` bytes stands at `at`.
std::optional<double> value_at(const Cursor& cursor, size_t at, size_t width, uint8_t packed) {
  uint8_t type = packed >> 2;
  if (type >= kIndirectInt && type <= kIndirectFloat) {
    const auto target = cursor.follow(at, width);
    if (!target) return std::nullopt;
    at = *target;
    width = width_of(packed);
    type = static_cast<uint8_t>(type - kIndirectInt + kInt);
  }
  const auto bits = cursor.number(at, width);
  if (!bits) return std::nullopt;
  switch (type) {
    case kInt: return signed_value(*bits, width);
    case kUInt: return static_cast<double>(*bits);
    case kFloat: return real(*bits, width);
    case kBool: return *bits != 0 ? 1.0 : 0.0;
    default: return std::nullopt;
  }
}

// A map: its keys' vector, sizes and values stand before and at `at`.
struct Map {
  size_t at = 0, width = 1, count = 0, keys = 0, keys_width = 1;
};

std::optional<Map> map_at(const Cursor& cursor, size_t at, size_t width) {
  Map map{at, width};
  if (at < 3 * width) return std::nullopt;
  const auto keys = cursor.follow(at - 3 * width, width);
  const auto keys_width = cursor.number(at - 2 * width, width), count = cursor.number(at - width, width);
  if (!keys || !keys_width || !count || *count > cursor.size()) return std::nullopt;
  if (*keys_width != 1 && *keys_width != 2 && *keys_width != 4 && *keys_width != 8) return std::nullopt;
  map.count = static_cast<size_t>(*count);
  map.keys = *keys;
  map.keys_width = static_cast<size_t>(*keys_width);
  return map;
}

}  // namespace

std::optional<std::map<std::string, double>> read_flexbuffer_numbers(std::span<const std::byte> bytes) {
  const Cursor cursor(bytes);
  if (bytes.size() < 3) return std::nullopt;
  const auto root_width = static_cast<size_t>(bytes[bytes.size() - 1]);
  const auto packed = static_cast<uint8_t>(bytes[bytes.size() - 2]);
  if (packed >> 2 != kMap || root_width == 0 || root_width > 8 || root_width + 2 > bytes.size()) return std::nullopt;
  const auto root = cursor.follow(bytes.size() - 2 - root_width, root_width);
  const auto map = root ? map_at(cursor, *root, width_of(packed)) : std::nullopt;
  if (!map) return std::nullopt;
  std::map<std::string, double> numbers;
  for (size_t i = 0; i < map->count; ++i) {
    const auto key = cursor.follow(map->keys + i * map->keys_width, map->keys_width);
    const auto name = key ? cursor.text(*key) : std::nullopt;
    const auto type = cursor.number(map->at + map->count * map->width + i, 1);
    if (!name || !type) return std::nullopt;
    if (const auto value = value_at(cursor, map->at + i * map->width, map->width, static_cast<uint8_t>(*type)))
      numbers[*name] = *value;
  }
  return numbers;
}

}  // namespace pestle::ops
