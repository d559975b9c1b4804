// JPEG through libjpeg-turbo, slow integer transform and smooth chroma upsampling (its defaults, and Pillow's).
// The library reports errors by a callback that must not return: it jumps back into decode_jpeg, so no object with
// a destructor may be made between setjmp and the last library call.

// jpeglib.h uses what stdio.h declares without including it, and jerror.h what jpeglib.h declares.
// clang-format off
#include <cstdio>

#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include <algorithm>
#include <csetjmp>
#include <cstring>

#include "codec/image_parts.h"

namespace pestle::codec {
namespace {

constexpr int kMaxScans = 500;     // a progressive file of small scans costs a pass over the picture each
constexpr size_t kExifPrefix = 6;  // "Exif\0\0"

struct ErrorState {
  jpeg_error_mgr manager;
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
  bool cut_short;
};

ErrorState& state_of(j_common_ptr info) { return *reinterpret_cast<ErrorState*>(info->err); }

void on_error(j_common_ptr info) {
  info->err->format_message(info, state_of(info).message);
  std::longjmp(state_of(info).jump, 1);
}

void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  const int code = info->err->msg_code;
  if (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER) state_of(info).cut_short = true;
}

void on_progress(j_common_ptr info) {
  if (info->is_decompressor && reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > kMaxScans) {
    std::strcpy(state_of(info).message, "it has more than 500 scans");
    std::longjmp(state_of(info).jump, 1);
  }
}

struct Decoder {
  jpeg_decompress_struct info{};
  ErrorState error{};
  jpeg_progress_mgr progress{};

  Decoder() {
    info.err = jpeg_std_error(&error.manager);
    error.manager.error_exit = on_error;
    error.manager.emit_message = on_message;
    progress.progress_monitor = on_progress;
  }
  ~Decoder() { jpeg_destroy_decompress(&info); }
};

bool read_header(Decoder& d, std::span<const std::byte> file) {
  if (setjmp(d.error.jump) != 0) return false;
  jpeg_create_decompress(&d.info);
  d.info.progress = &d.progress;
  jpeg_mem_src(&d.info, reinterpret_cast<const unsigned char*>(file.data()), file.size());
  jpeg_save_markers(&d.info, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header(&d.info, TRUE);
  if (d.info.num_components == 1) d.info.out_color_space = JCS_GRAYSCALE;
  if (d.info.num_components == 3) d.info.out_color_space = JCS_RGB;
  if (d.info.num_components == 4) d.info.out_color_space = JCS_CMYK;
  return true;
}

// Rows of num_components bytes a pixel.
bool read_pixels(Decoder& d, uint8_t* pixels) {
  if (setjmp(d.error.jump) != 0) return false;
  jpeg_start_decompress(&d.info);
  const size_t row = size_t{d.info.output_width} * static_cast<size_t>(d.info.output_components);
  while (d.info.output_scanline < d.info.output_height) {
    JSAMPROW line = pixels + row * d.info.output_scanline;
    jpeg_read_scanlines(&d.info, &line, 1);
  }
  return true;
}

int find_orientation(const jpeg_decompress_struct& info) {
  for (auto* marker = info.marker_list; marker != nullptr; marker = marker->next) {
    const auto bytes = std::as_bytes(std::span(marker->data, marker->data_length));
    if (bytes.size() < kExifPrefix || std::memcmp(bytes.data(), "Exif\0", kExifPrefix) != 0) continue;
    return exif_orientation(bytes.subspan(kExifPrefix));
  }
  return 1;
}

Image grey_to_rgb(const Image& grey) {
  Image rgb = make_image(grey.width, grey.height, 3);
  for (size_t i = 0; i < grey.pixels.size(); ++i) std::fill_n(rgb.pixels.data() + 3 * i, 3, grey.pixels[i]);
  return rgb;
}

// Inverted inks on white: each colour is (255 - ink) * (255 - black) / 255, rounded the way Pillow rounds it.
Image cmyk_to_rgb(const Image& cmyk) {
  Image rgb = make_image(cmyk.width, cmyk.height, 3);
  const size_t pixels = cmyk.pixels.size() / 4;
  for (size_t i = 0; i < pixels; ++i) {
    const uint8_t* from = cmyk.pixels.data() + 4 * i;
    const unsigned light = from[3];
    for (size_t c = 0; c < 3; ++c) {
      const unsigned ink = 255u - from[c];
      const unsigned product = ink * light + 128;
      rgb.pixels[3 * i + c] = static_cast<uint8_t>(light - ((product >> 8) + product) / 256);
    }
  }
  return rgb;
}

}  // namespace

Result<StoredImage> decode_jpeg(std::span<const std::byte> file) {
  Decoder decoder;
  const auto failed = [&] {
    return fail(ErrorCode::kInvalidFile, std::string("the JPEG picture does not decode: ") + decoder.error.message);
  };
  if (!read_header(decoder, file)) return failed();
  PESTLE_TRY(check_image_size(decoder.info.image_width, decoder.info.image_height, file.size()));
  const int components = decoder.info.num_components;
  if (components == 2) return fail(ErrorCode::kUnsupported, "the JPEG picture has two colour components");
  StoredImage stored;
  stored.orientation = find_orientation(decoder.info);
  stored.image =
      make_image(static_cast<int>(decoder.info.image_width), static_cast<int>(decoder.info.image_height), components);
  if (!read_pixels(decoder, stored.image.pixels.data())) return failed();
  if (decoder.error.cut_short) return fail(ErrorCode::kInvalidFile, "the JPEG picture is cut short");
  if (components == 1) stored.image = grey_to_rgb(stored.image);
  if (components == 4) stored.image = cmyk_to_rgb(stored.image);
  return stored;
}

}  // namespace pestle::codec
