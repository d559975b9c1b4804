// JPEG, PNG and WebP: a picture that decodes has as many bytes as its size says.
#include "codec/image.h"
#include "tests/fuzz/target.h"

using namespace pestle;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes file = fuzz::input_of(data, size);
  const auto image = codec::decode_image(file.view());
  if (!image) return 0;
  fuzz::promise(image->width > 0 && image->height > 0, "a picture has a size");
  fuzz::promise(image->pixels.size() == image->row_bytes() * static_cast<size_t>(image->height),
                "a picture has its pixels");
  return 0;
}
