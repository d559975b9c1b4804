// NumPy's .npz files: a zip archive whose members "<name>.npy" are arrays.
// Arrays that are stored unpacked (np.savez) stay where they lie in the file and may be unaligned (is_aligned);
// packed ones (np.savez_compressed) are unpacked into memory, bounded as codec/zip.h says. Written files are a function
// of their arrays: no clock, fixed order.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "codec/npy.h"

namespace pestle::codec {

struct NamedArray {
  std::string name;  // without ".npy"
  NpyArray array;
};
// In the archive's order. A name that occurs twice is an error.
Result<std::vector<NamedArray>> read_npz_unaligned(const Bytes& file);
// The same with every array aligned, for which some are copied.
Result<std::vector<NamedArray>> read_npz(const Bytes& file);

struct NamedView {
  std::string name;
  ConstTensorView tensor;
};
Result<std::vector<std::byte>> write_npz(std::span<const NamedView> arrays);

}  // namespace pestle::codec
