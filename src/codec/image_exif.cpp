// EXIF: a TIFF file in small. "II*\0" (little endian) or "MM\0*" (big endian), 4 bytes offset of the first
// directory; a directory is a 2-byte count and 12 bytes an entry: tag, type, count, value.
// Tag 0x0112 (orientation) is one 16-bit number, 1..8, at the value's first two bytes.
#include <algorithm>

#include "codec/image_parts.h"

namespace pestle::codec {
namespace {

constexpr uint32_t kOrientationTag = 0x0112;

class Tiff {
 public:
  Tiff(std::span<const std::byte> bytes, bool little) : bytes_(bytes), little_(little) {}
  // A number of `size` bytes; 0 beyond the end.
  uint32_t number(size_t offset, size_t size) const {
    if (offset > bytes_.size() || bytes_.size() - offset < size) return 0;
    uint32_t value = 0;
    for (size_t i = 0; i < size; ++i) {
      const size_t at = little_ ? size - 1 - i : i;
      value = value << 8 | static_cast<uint32_t>(bytes_[offset + at]);
    }
    return value;
  }

 private:
  std::span<const std::byte> bytes_;
  bool little_;
};

// Where the pixel of the upright picture lies in the stored one: transposed first, then mirrored.
struct Turn {
  bool transpose, flip_x, flip_y;
};
constexpr Turn kTurns[] = {
    {false, false, false}, {false, true, false}, {false, true, true}, {false, false, true},
    {true, false, false},  {true, false, true},  {true, true, true},  {true, true, false},
};

}  // namespace

int exif_orientation(std::span<const std::byte> exif) {
  if (exif.size() < 8) return 1;
  const bool little = exif[0] == std::byte{'I'} && exif[1] == std::byte{'I'};
  const bool big = exif[0] == std::byte{'M'} && exif[1] == std::byte{'M'};
  if (!little && !big) return 1;
  const Tiff tiff(exif, little);
  if (tiff.number(2, 2) != 42) return 1;
  const size_t directory = tiff.number(4, 4);
  const uint32_t entries = tiff.number(directory, 2);
  for (uint32_t i = 0; i < entries; ++i) {
    const size_t entry = directory + 2 + size_t{12} * i;
    if (tiff.number(entry, 2) != kOrientationTag) continue;
    const auto value = static_cast<int>(tiff.number(entry + 8, 2));
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

Image apply_orientation(Image image, int orientation) {
  if (orientation < 2 || orientation > 8) return image;
  const Turn turn = kTurns[orientation - 1];
  Image out = turn.transpose ? make_image(image.height, image.width, image.channels)
                             : make_image(image.width, image.height, image.channels);
  for (int y = 0; y < out.height; ++y) {
    uint8_t* to = out.row(y);
    for (int x = 0; x < out.width; ++x, to += image.channels) {
      int from_x = turn.transpose ? y : x;
      int from_y = turn.transpose ? x : y;
      if (turn.flip_x) from_x = image.width - 1 - from_x;
      if (turn.flip_y) from_y = image.height - 1 - from_y;
      std::copy_n(image.row(from_y) + from_x * image.channels, image.channels, to);
    }
  }
  return out;
}

}  // namespace pestle::codec
