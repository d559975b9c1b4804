// .npz: archives of arrays, packed and plain.
#include "codec/npz.h"
#include "tests/fuzz/target.h"

using namespace pestle;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes file = fuzz::input_of(data, size);
  (void)codec::read_npz_unaligned(file);
  const auto arrays = codec::read_npz(file);
  if (!arrays) return 0;
  for (const codec::NamedArray& named : *arrays) {
    const auto elements = checked_elements(named.array.shape);
    fuzz::promise(elements && named.array.bytes.size() == storage_bytes(named.array.dtype, *elements),
                  "an array has the bytes of its shape", named.name);
    fuzz::promise(codec::is_aligned(named.array.view()), "an array is aligned", named.name);
  }
  return 0;
}
