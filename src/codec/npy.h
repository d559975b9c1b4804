// NumPy's .npy files, versions 1 to 3: one array of numbers each.
// read_npy gives a view into the file's bytes where they can be used as they lie (little endian, C order, aligned)
// and a converted copy otherwise. Nothing is allocated beyond the size of the file.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "base/dtype.h"
#include "base/shape.h"
#include "base/status.h"
#include "base/tensor.h"

namespace pestle::codec {

struct NpyArray {
  DType dtype = DType::kFloat32;
  Shape shape;
  Bytes bytes;  // little endian, C order

  ConstTensorView view() const { return {dtype, shape, bytes.view()}; }
};

// The elements are aligned for their type.
Result<NpyArray> read_npy(const Bytes& file);
// Never copies for alignment's sake: for arrays inside archives, which are read row by row.
Result<NpyArray> read_npy_unaligned(const Bytes& file);
bool is_aligned(const ConstTensorView& tensor);

// A version 1.0 file. int4 is written as int8; types that NumPy has no code for are refused.
Result<std::vector<std::byte>> write_npy(const ConstTensorView& tensor);

}  // namespace pestle::codec
