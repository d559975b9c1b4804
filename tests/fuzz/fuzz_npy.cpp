// .npy: an array that is read has as many bytes as its type and shape say, and is written and read again alike.
#include "codec/npy.h"
#include "tests/fuzz/target.h"

using namespace pestle;

namespace {

void check(const codec::NpyArray& array) {
  const auto elements = checked_elements(array.shape);
  fuzz::promise(elements.has_value(), "a shape has a number of elements");
  fuzz::promise(array.bytes.size() == storage_bytes(array.dtype, *elements), "an array has the bytes of its shape");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes file = fuzz::input_of(data, size);
  if (const auto in_place = codec::read_npy_unaligned(file)) check(*in_place);
  const auto array = codec::read_npy(file);
  if (!array) return 0;
  check(*array);
  fuzz::promise(codec::is_aligned(array->view()), "an array is aligned");
  const auto written = codec::write_npy(array->view());
  if (!written) return 0;
  const auto again = codec::read_npy(Bytes::copy_of(*written));
  fuzz::promise(again.has_value(), "what was written can be read", again ? "" : describe(again.error()));
  fuzz::promise(again->shape == array->shape, "writing keeps the shape");
  return 0;
}
