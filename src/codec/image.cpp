#include "codec/image.h"

#include <fmt/core.h>

#include <cstring>
#include <string_view>

#include "codec/image_parts.h"

namespace pestle::codec {
namespace {

bool begins_with(std::span<const std::byte> file, size_t offset, std::string_view text) {
  return file.size() >= offset + text.size() && std::memcmp(file.data() + offset, text.data(), text.size()) == 0;
}

// Pictures of other kinds, by how they begin.
const char* other_kind(std::span<const std::byte> file) {
  if (begins_with(file, 0, "BM")) return "a BMP";
  if (begins_with(file, 0, "GIF8")) return "a GIF";
  if (begins_with(file, 0, "II*") || begins_with(file, 0, "MM")) return "a TIFF";
  if (begins_with(file, 4, "ftyp")) return "a HEIC or AVIF";
  return nullptr;
}

Failure not_decoded(std::span<const std::byte> file) {
  if (file.empty()) return fail(ErrorCode::kUnsupported, "the file is empty", "fetch or export it again");
  const char* kind = other_kind(file);
  if (kind == nullptr) return fail(ErrorCode::kUnsupported, "not a JPEG, PNG or WebP picture", "convert it to PNG");
  return fail(ErrorCode::kUnsupported, fmt::format("{} picture; JPEG, PNG and WebP are read", kind),
              "convert it to PNG: magick mogrify -format png FILES, or in Python Image.open(FILE).save(NAME.png)");
}

Result<StoredImage> decode_stored(std::span<const std::byte> file) {
  switch (sniff_image(file)) {
    case ImageFormat::kJpeg: return decode_jpeg(file);
    case ImageFormat::kPng: return decode_png(file);
    case ImageFormat::kWebp: return decode_webp(file);
    case ImageFormat::kUnknown: break;
  }
  return not_decoded(file);
}

}  // namespace

Image make_image(int width, int height, int channels) {
  Image image{width, height, channels, {}};
  image.pixels.resize(image.row_bytes() * static_cast<size_t>(height));
  return image;
}

ImageFormat sniff_image(std::span<const std::byte> file) {
  if (begins_with(file, 0, "\xff\xd8\xff")) return ImageFormat::kJpeg;
  if (begins_with(file, 0, "\x89PNG\r\n\x1a\n")) return ImageFormat::kPng;
  if (begins_with(file, 0, "RIFF") && begins_with(file, 8, "WEBP")) return ImageFormat::kWebp;
  return ImageFormat::kUnknown;
}

Status check_image_size(int64_t width, int64_t height, size_t file_bytes) {
  if (width < 1 || height < 1) return fail(ErrorCode::kInvalidFile, "the picture has no pixels");
  const int64_t pixels = width * height;  // both come from 32-bit fields and are at most 2^31
  if (width > kMaxPixels || height > kMaxPixels || pixels > kMaxPixels) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("the picture is {}x{}, more than {} pixels", width, height, kMaxPixels));
  }
  if (file_bytes > 0 && pixels / kMaxPixelsPerByte > static_cast<int64_t>(file_bytes)) {
    return fail(ErrorCode::kInvalidFile,
                fmt::format("the picture claims {}x{} pixels in {} bytes", width, height, file_bytes));
  }
  return {};
}

Result<Image> decode_image(std::span<const std::byte> file) {
  PESTLE_ASSIGN(StoredImage stored, decode_stored(file));
  return apply_orientation(std::move(stored.image), stored.orientation);
}

}  // namespace pestle::codec
