// Tensors as the rooms hand them to one another: a view (type, shape, pointer) and an owner of its memory.
// Elements of packed types (int4) stay packed, two to a byte, as in a file.
#pragma once

#include <cassert>
#include <span>
#include <vector>

#include "base/dtype.h"
#include "base/shape.h"

namespace pestle {

// Bytes that `elements` values of a type take; 0 for types without a fixed size.
size_t storage_bytes(DType dtype, int64_t elements);

struct ConstTensorView {
  DType dtype = DType::kFloat32;
  Shape shape;
  std::span<const std::byte> bytes;

  int64_t elements() const { return shape.elements(); }
  template <typename T>
  const T* data() const {
    assert(dtype == dtype_of<T>());
    return reinterpret_cast<const T*>(bytes.data());
  }
  template <typename T>
  std::span<const T> values() const {
    return {data<T>(), static_cast<size_t>(elements())};
  }
};

struct TensorView {
  DType dtype = DType::kFloat32;
  Shape shape;
  std::span<std::byte> bytes;

  int64_t elements() const { return shape.elements(); }
  template <typename T>
  T* data() const {
    assert(dtype == dtype_of<T>());
    return reinterpret_cast<T*>(bytes.data());
  }
  template <typename T>
  std::span<T> values() const {
    return {data<T>(), static_cast<size_t>(elements())};
  }
  operator ConstTensorView() const { return {dtype, shape, bytes}; }
};

// A tensor with memory of its own.
class Tensor {
 public:
  Tensor() = default;
  Tensor(DType dtype, Shape shape);  // zeros
  static Tensor copy_of(const ConstTensorView& view);
  template <typename T>
  static Tensor of(Shape shape, std::span<const T> values) {
    Tensor tensor(dtype_of<T>(), std::move(shape));
    assert(static_cast<size_t>(tensor.elements()) == values.size());
    for (size_t i = 0; i < values.size(); ++i) tensor.view().template data<T>()[i] = values[i];
    return tensor;
  }

  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  int64_t elements() const { return shape_.elements(); }
  TensorView view() { return {dtype_, shape_, bytes_}; }
  ConstTensorView view() const { return {dtype_, shape_, bytes_}; }
  template <typename T>
  T* data() {
    return view().data<T>();
  }
  template <typename T>
  const T* data() const {
    return view().data<T>();
  }

 private:
  DType dtype_ = DType::kFloat32;
  Shape shape_;
  std::vector<std::byte> bytes_;
};

// Any real tensor as float32 values, numerically (no scale is applied). Packed types are unpacked.
std::vector<float> to_floats(const ConstTensorView& view);
// Integer tensors (int32, int64, int8, uint8, int16, bool) as int64 values; empty for other types.
std::vector<int64_t> to_int64s(const ConstTensorView& view);

}  // namespace pestle
