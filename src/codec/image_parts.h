// What the decoders of single picture formats share: one function a format, called by decode_image only.
#pragma once

#include "codec/image.h"

namespace pestle::codec {

// A picture as it is stored and the EXIF orientation (1..8) that is still to be applied.
struct StoredImage {
  Image image;
  int orientation = 1;
};

Result<StoredImage> decode_jpeg(std::span<const std::byte> file);
Result<StoredImage> decode_png(std::span<const std::byte> file);
Result<StoredImage> decode_webp(std::span<const std::byte> file);

// Error if a picture of this size may not be decoded. `file_bytes` 0: no bound by the file's size.
Status check_image_size(int64_t width, int64_t height, size_t file_bytes);

// The orientation that an EXIF block (TIFF header first) states; 1 if it states none or is damaged.
int exif_orientation(std::span<const std::byte> exif);
Image apply_orientation(Image image, int orientation);

}  // namespace pestle::codec
