// TensorProto: dims=1*, data_type=2, segment=3, float_data=4*, int32_data=5*, string_data=6*, int64_data=7*, name=8,
// raw_data=9, double_data=10*, uint64_data=11*, external_data=13* {key=1, value=2}, data_location=14 (1: external).
// Exactly one of raw_data, the typed fields and external_data holds the elements. raw_data and a packed float_data or
// double_data are used in place; varints are converted.
#include <fmt/core.h>

#include <charconv>
#include <cstring>

#include "base/checked.h"
#include "codec/onnx_parts.h"

namespace pestle::codec {

int onnx_type_bits(OnnxType type) {
  static constexpr int kBits[] = {0,  32,  8,  8, 16, 16, 32, 64, 0, 8, 16, 64, 32, 64,
                                  64, 128, 16, 8, 8,  8,  8,  4,  4, 4, 8,  2,  2};
  const auto code = static_cast<size_t>(type);
  return code < std::size(kBits) ? kBits[code] : 0;
}

namespace onnx {
namespace {

// Elements of a tensor as they come: whole packed runs in place as long as there is one, else gathered.
class Elements {
 public:
  explicit Elements(const Source& source) : source_(source) {}

  void add_run(protozero::data_view run) {
    if (run_.empty() && gathered_.empty()) {
      run_ = source_.view(run);
      return;
    }
    gather_run();
    append(run.data(), run.size());
  }
  template <typename T>
  void add_value(T value) {
    gather_run();
    append(&value, sizeof value);
  }
  // `value` in the width of one element; below 8 bits a value is a byte of several elements. No type wider than the
  // value comes in integers: then there are too few bytes, which is found out later.
  void add_integer(int64_t value, OnnxType type) {
    gather_run();
    append(&value, std::min(sizeof value, static_cast<size_t>(std::max(onnx_type_bits(type), 8)) / 8));
  }
  Bytes take() { return gathered_.empty() ? run_ : Bytes::own(std::move(gathered_)); }

 private:
  void gather_run() {
    if (run_.empty()) return;
    gathered_.assign(run_.view().begin(), run_.view().end());
    run_ = {};
  }
  void append(const void* data, size_t size) {
    const auto* begin = static_cast<const std::byte*>(data);
    gathered_.insert(gathered_.end(), begin, begin + size);
  }

  const Source& source_;
  Bytes run_;
  std::vector<std::byte> gathered_;
};

Status decode_external_entry(Reader message, OnnxExternalData& external) {
  std::string key, value;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes(1): key = message.get_string(); break;
      case bytes(2): value = message.get_string(); break;
      default: message.skip();
    }
  }
  if (key == "location") external.location = value;
  if (key != "offset" && key != "length") return {};
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size()) {
    return damaged(fmt::format("external data has the {} \"{}\"", key, value));
  }
  if (key == "offset") {
    external.offset = number;
  } else {
    external.length = number;
  }
  return {};
}

// The integers of int32_data, int64_data and uint64_data are converted to the element type, which may be declared
// after them.
struct Decoded {
  OnnxTensor tensor;
  Elements elements;
  std::vector<int64_t> integers;
  OnnxExternalData external;
  bool is_external = false;
};

Status decode_field(Reader& message, Decoded& out) {
  OnnxTensor& tensor = out.tensor;
  switch (message.tag_and_type()) {
    case varint(1): tensor.dims.push_back(message.get_int64()); break;
    case bytes(1): append_varints(message, tensor.dims); break;
    case varint(2): tensor.type = static_cast<OnnxType>(message.get_int32()); break;
    case bytes(3): return fail(ErrorCode::kUnsupported, "the tensor is cut into segments, a form that was withdrawn");
    case bytes(4):
    case bytes(9):
    case bytes(10): out.elements.add_run(message.get_view()); break;
    case fixed32(4): out.elements.add_value(message.get_float()); break;
    case fixed64(10): out.elements.add_value(message.get_double()); break;
    case varint(5):
    case varint(7):
    case varint(11): out.integers.push_back(message.get_int64()); break;
    case bytes(5):
    case bytes(7):
    case bytes(11): append_varints(message, out.integers); break;
    case bytes(6): tensor.strings.push_back(message.get_string()); break;
    case bytes(8): tensor.name = message.get_string(); break;
    case bytes(13): return decode_external_entry(message.get_message(), out.external);
    case varint(14): out.is_external = message.get_int32() == 1; break;
    default: message.skip();
  }
  return {};
}

Status check_size(const OnnxTensor& tensor) {
  PESTLE_ASSIGN(const uint64_t expected, tensor_bytes(tensor));
  if (tensor.type == OnnxType::kString) {
    if (tensor.strings.size() != expected)
      return damaged(fmt::format("has {} strings, its shape needs {}", tensor.strings.size(), expected));
    return {};
  }
  if (tensor.data.size() != expected) {
    return damaged(fmt::format("has {} bytes of data, its shape needs {}", tensor.data.size(), expected));
  }
  return {};
}

}  // namespace

Failure damaged(std::string message) {
  return fail(ErrorCode::kInvalidFile, std::move(message),
              "the file is damaged or incomplete: fetch or export it again");
}

Result<uint64_t> tensor_bytes(const OnnxTensor& tensor) {
  uint64_t elements = 1;
  for (int64_t dim : tensor.dims) {
    const auto product = dim < 0 ? std::nullopt : checked_mul(elements, static_cast<uint64_t>(dim));
    if (!product) return damaged("has dimensions that no memory holds");
    elements = *product;
  }
  if (tensor.type == OnnxType::kString) return elements;
  const int bits = onnx_type_bits(tensor.type);
  if (bits == 0)
    return fail(ErrorCode::kUnsupported,
                fmt::format("has the unknown element type {}", static_cast<int32_t>(tensor.type)));
  const auto total = checked_mul(elements, static_cast<uint64_t>(bits));
  if (!total) return damaged("has dimensions that no memory holds");
  return *total / 8 + (*total % 8 != 0 ? 1 : 0);
}

Result<OnnxTensor> decode_tensor(const Source& source, Reader message) {
  Decoded decoded{{}, Elements(source), {}, {}, false};
  while (message.next()) {
    if (Status status = decode_field(message, decoded); !status) {
      return in_context(std::move(status).error(), fmt::format("tensor \"{}\"", decoded.tensor.name));
    }
  }
  OnnxTensor& tensor = decoded.tensor;
  for (int64_t value : decoded.integers) decoded.elements.add_integer(value, tensor.type);
  tensor.data = decoded.elements.take();
  Status status;
  if (decoded.is_external) {
    tensor.external = std::move(decoded.external);
    tensor.data = {};
  } else {
    status = check_size(tensor);
  }
  if (!status) return in_context(std::move(status).error(), fmt::format("tensor \"{}\"", tensor.name));
  return std::move(tensor);
}

}  // namespace onnx
}  // namespace pestle::codec
