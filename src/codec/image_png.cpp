// PNG through libspng.
#include <spng.h>

#include <memory>

#include "codec/image_parts.h"

namespace pestle::codec {
namespace {

constexpr size_t kMaxChunkBytes = size_t{16} << 20;

struct FreeContext {
  void operator()(spng_ctx* context) const { spng_ctx_free(context); }
};
using Context = std::unique_ptr<spng_ctx, FreeContext>;

Failure png_error(int code) {
  return fail(ErrorCode::kInvalidFile, std::string("the PNG picture does not decode: ") + spng_strerror(code));
}

int find_orientation(spng_ctx* context) {
  spng_exif exif{};
  if (spng_get_exif(context, &exif) != 0) return 1;
  return exif_orientation(std::as_bytes(std::span(exif.data, exif.length)));
}

// 16-bit samples in host order, 1 to 4 a pixel; the high byte of each colour is kept.
Status decode_deep(spng_ctx* context, const spng_ihdr& header, Image& image) {
  size_t bytes = 0;
  if (const int code = spng_decoded_image_size(context, SPNG_FMT_PNG, &bytes)) return png_error(code);
  std::vector<uint16_t> samples(bytes / 2);
  if (const int code = spng_decode_image(context, samples.data(), bytes, SPNG_FMT_PNG, 0)) return png_error(code);
  const bool grey =
      header.color_type == SPNG_COLOR_TYPE_GRAYSCALE || header.color_type == SPNG_COLOR_TYPE_GRAYSCALE_ALPHA;
  const size_t pixels = image.pixels.size() / 3;
  const size_t step = samples.size() / pixels;
  for (size_t i = 0; i < pixels; ++i) {
    for (size_t c = 0; c < 3; ++c) {
      image.pixels[3 * i + c] = static_cast<uint8_t>(samples[step * i + (grey ? 0 : c)] >> 8);
    }
  }
  return {};
}

}  // namespace

Result<StoredImage> decode_png(std::span<const std::byte> file) {
  const Context context(spng_ctx_new(0));
  if (!context) return fail(ErrorCode::kInternal, "no memory for a PNG decoder");
  spng_set_chunk_limits(context.get(), kMaxChunkBytes, kMaxChunkBytes);
  if (const int code = spng_set_png_buffer(context.get(), file.data(), file.size())) return png_error(code);
  spng_ihdr header{};
  if (const int code = spng_get_ihdr(context.get(), &header)) return png_error(code);
  PESTLE_TRY(check_image_size(header.width, header.height, file.size()));

  StoredImage stored;
  stored.image = make_image(static_cast<int>(header.width), static_cast<int>(header.height), 3);
  stored.orientation = find_orientation(context.get());
  if (header.bit_depth == 16) {
    PESTLE_TRY(decode_deep(context.get(), header, stored.image));
    return stored;
  }
  auto& pixels = stored.image.pixels;
  if (const int code = spng_decode_image(context.get(), pixels.data(), pixels.size(), SPNG_FMT_RGB8, 0)) {
    return png_error(code);
  }
  return stored;
}

}  // namespace pestle::codec
