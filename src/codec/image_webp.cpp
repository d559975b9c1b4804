// WebP through libwebp. A WebP file is RIFF: "RIFF", 4 bytes size, "WEBP", then chunks of 4 bytes name, 4 bytes
// size and the data, padded to an even length. The chunk "EXIF" may begin with the prefix that JPEG files use.
#include <webp/decode.h>

#include <cstring>

#include "codec/image_parts.h"
#include "codec/little_endian.h"

namespace pestle::codec {
namespace {

int find_orientation(std::span<const std::byte> file) {
  size_t at = 12;
  while (at <= file.size() && file.size() - at >= 8) {
    const size_t size = load_le<uint32_t>(file, at + 4);
    const size_t body = at + 8;
    if (size > file.size() - body) return 1;
    if (std::memcmp(file.data() + at, "EXIF", 4) == 0) {
      auto exif = file.subspan(body, size);
      if (exif.size() > 6 && std::memcmp(exif.data(), "Exif\0", 6) == 0) exif = exif.subspan(6);
      return exif_orientation(exif);
    }
    at = body + size + size % 2;
  }
  return 1;
}

}  // namespace

Result<StoredImage> decode_webp(std::span<const std::byte> file) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(file.data());
  WebPBitstreamFeatures features{};
  if (WebPGetFeatures(bytes, file.size(), &features) != VP8_STATUS_OK) {
    return fail(ErrorCode::kInvalidFile, "the WebP picture has no readable header");
  }
  if (features.has_animation != 0) return fail(ErrorCode::kUnsupported, "the WebP picture is animated");
  PESTLE_TRY(check_image_size(features.width, features.height, 0));
  StoredImage stored;
  stored.orientation = find_orientation(file);
  Image& image = stored.image = make_image(features.width, features.height, 3);
  if (WebPDecodeRGBInto(bytes, file.size(), image.pixels.data(), image.pixels.size(),
                        static_cast<int>(image.row_bytes())) == nullptr) {
    return fail(ErrorCode::kInvalidFile, "the WebP picture does not decode: it is damaged or cut short");
  }
  return stored;
}

}  // namespace pestle::codec
