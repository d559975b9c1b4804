// ONNX tensors as constants of the graph.
#include <fmt/core.h>

#include <cstring>

#include "base/half.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

using codec::OnnxType;

// Elements of type From at any address, as floats.
template <typename From, typename Convert>
std::vector<float> widened(const Bytes& data, Convert convert) {
  std::vector<float> values(data.size() / sizeof(From));
  for (size_t i = 0; i < values.size(); ++i) {
    From element;
    std::memcpy(&element, data.data() + i * sizeof element, sizeof element);
    values[i] = convert(element);
  }
  return values;
}

std::optional<std::vector<float>> widened(const codec::OnnxTensor& tensor) {
  switch (tensor.type) {
    case OnnxType::kFloat16: return widened<Half>(tensor.data, [](Half x) { return to_float(x); });
    case OnnxType::kBfloat16: return widened<BFloat16>(tensor.data, [](BFloat16 x) { return to_float(x); });
    case OnnxType::kDouble: return widened<double>(tensor.data, [](double x) { return static_cast<float>(x); });
    default: return std::nullopt;
  }
}

}  // namespace

std::optional<DType> dtype_of(OnnxType type) {
  switch (type) {
    case OnnxType::kFloat:
    case OnnxType::kFloat16:
    case OnnxType::kBfloat16:
    case OnnxType::kDouble: return DType::kFloat32;
    case OnnxType::kUint8: return DType::kUInt8;
    case OnnxType::kInt8: return DType::kInt8;
    case OnnxType::kUint16: return DType::kUInt16;
    case OnnxType::kInt16: return DType::kInt16;
    case OnnxType::kInt32: return DType::kInt32;
    case OnnxType::kInt64: return DType::kInt64;
    case OnnxType::kBool: return DType::kBool;
    case OnnxType::kUint32: return DType::kUInt32;
    case OnnxType::kUint64: return DType::kUInt64;
    case OnnxType::kInt4: return DType::kInt4;
    case OnnxType::kUint4: return DType::kUInt4;
    case OnnxType::kInt2: return DType::kInt2;
    default: return std::nullopt;
  }
}

Result<ValueId> add_constant(ir::Graph& graph, const std::string& name, const codec::OnnxTensor& tensor) {
  const auto dtype = dtype_of(tensor.type);
  if (!dtype)
    return unsupported(fmt::format("tensor \"{}\" is of ONNX type {}, which has no place in a .tflite file", name,
                                   static_cast<int>(tensor.type)));
  ir::Value value;
  value.name = name;
  value.has_rank = true;
  value.type = {*dtype, Shape(tensor.dims), nullptr};
  if (!checked_elements(value.type.shape))
    return fail(ErrorCode::kInvalidModel, fmt::format("tensor \"{}\" has an absurd shape", name));
  if (auto floats = widened(tensor)) {
    const std::span<const float> span(*floats);
    value.data = std::make_shared<const Bytes>(Bytes::copy_of(std::as_bytes(span)));
  } else {
    value.data = std::make_shared<const Bytes>(tensor.data);
  }
  return graph.add_value(std::move(value));
}

}  // namespace pestle::formats::onnx
