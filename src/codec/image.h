// Pictures: JPEG, PNG and WebP to 8-bit RGB, recognised by content. Pixels are those of Pillow's convert("RGB"):
// alpha is dropped (not composed), CMYK is taken as inverted (Adobe's way). 16-bit samples keep their high byte
// (Pillow does so for colour; 16-bit grey it clips at 255, which makes nearly every such picture white).
// EXIF orientation is applied. Colour profiles and gamma are ignored. A picture that is cut short is an error.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"

namespace pestle::codec {

struct Image {
  int width = 0;
  int height = 0;
  int channels = 3;             // 3, or 1 for grey
  std::vector<uint8_t> pixels;  // rows from the top, channels interleaved

  size_t row_bytes() const { return static_cast<size_t>(width) * static_cast<size_t>(channels); }
  const uint8_t* row(int y) const { return pixels.data() + row_bytes() * static_cast<size_t>(y); }
  uint8_t* row(int y) { return pixels.data() + row_bytes() * static_cast<size_t>(y); }
};

Image make_image(int width, int height, int channels);

enum class ImageFormat { kUnknown, kJpeg, kPng, kWebp };
ImageFormat sniff_image(std::span<const std::byte> file);

// Decoding takes at most this many pixels (400 MB as RGB), and for JPEG and PNG, whose coding has a floor, no more
// than kMaxPixelsPerByte for each byte of the file.
inline constexpr int64_t kMaxPixels = int64_t{1} << 27;
inline constexpr int64_t kMaxPixelsPerByte = 8192;

Result<Image> decode_image(std::span<const std::byte> file);

}  // namespace pestle::codec
