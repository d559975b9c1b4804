#include "base/tensor.h"

#include "base/packing.h"

namespace pestle {
namespace {

template <typename To, typename From>
void convert(const ConstTensorView& view, std::vector<To>& out) {
  for (From value : view.values<From>()) out.push_back(static_cast<To>(value));
}

}  // namespace

size_t storage_bytes(DType dtype, int64_t elements) {
  return (static_cast<size_t>(elements) * static_cast<size_t>(dtype_bits(dtype)) + 7) / 8;
}

Tensor::Tensor(DType dtype, Shape shape)
    : dtype_(dtype), shape_(std::move(shape)), bytes_(storage_bytes(dtype, shape_.elements())) {}

Tensor Tensor::copy_of(const ConstTensorView& view) {
  Tensor tensor;
  tensor.dtype_ = view.dtype;
  tensor.shape_ = view.shape;
  tensor.bytes_.assign(view.bytes.begin(), view.bytes.end());
  return tensor;
}

std::vector<float> to_floats(const ConstTensorView& view) {
  std::vector<float> out;
  out.reserve(static_cast<size_t>(view.elements()));
  switch (view.dtype) {
    case DType::kFloat32: convert<float, float>(view, out); break;
    case DType::kFloat64: convert<float, double>(view, out); break;
    case DType::kInt8: convert<float, int8_t>(view, out); break;
    case DType::kUInt8: convert<float, uint8_t>(view, out); break;
    case DType::kInt16: convert<float, int16_t>(view, out); break;
    case DType::kUInt16: convert<float, uint16_t>(view, out); break;
    case DType::kInt32: convert<float, int32_t>(view, out); break;
    case DType::kUInt32: convert<float, uint32_t>(view, out); break;
    case DType::kInt64: convert<float, int64_t>(view, out); break;
    case DType::kUInt64: convert<float, uint64_t>(view, out); break;
    case DType::kBool: convert<float, bool>(view, out); break;
    case DType::kFloat16:
      for (Half value : view.values<Half>()) out.push_back(to_float(value));
      break;
    case DType::kInt4:
      for (int64_t i = 0; i < view.elements(); ++i) out.push_back(static_cast<float>(unpack_int4(view.bytes, i)));
      break;
    default: out.assign(static_cast<size_t>(view.elements()), 0.0f); break;
  }
  return out;
}

std::vector<int64_t> to_int64s(const ConstTensorView& view) {
  std::vector<int64_t> out;
  switch (view.dtype) {
    case DType::kInt8: convert<int64_t, int8_t>(view, out); break;
    case DType::kUInt8: convert<int64_t, uint8_t>(view, out); break;
    case DType::kInt16: convert<int64_t, int16_t>(view, out); break;
    case DType::kInt32: convert<int64_t, int32_t>(view, out); break;
    case DType::kInt64: convert<int64_t, int64_t>(view, out); break;
    case DType::kBool: convert<int64_t, bool>(view, out); break;
    default: break;
  }
  return out;
}

}  // namespace pestle
