// Layout of a .npy file:
//   6 bytes  0x93 'N' 'U' 'M' 'P' 'Y'
//   2 bytes  version: major 1, 2 or 3; minor 0
//   2 bytes  header length, little endian (4 bytes from version 2 on)
//   header   a Python literal: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), } padded with blanks
//   data     shape's product of elements
// descr is byte order ('<', '>', '|' or '='), kind (b i u f c) and bytes of an element.
#include "codec/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/checked.h"
#include "base/packing.h"
#include "codec/little_endian.h"

namespace pestle::codec {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr int kMaxRank = 32;  // NumPy's own limit
constexpr size_t kAlignment = 64;

struct TypeCode {
  std::string_view code;
  DType dtype;
};
constexpr TypeCode kTypes[] = {
    {"b1", DType::kBool},      {"i1", DType::kInt8},        {"i2", DType::kInt16},   {"i4", DType::kInt32},
    {"i8", DType::kInt64},     {"u1", DType::kUInt8},       {"u2", DType::kUInt16},  {"u4", DType::kUInt32},
    {"u8", DType::kUInt64},    {"f2", DType::kFloat16},     {"f4", DType::kFloat32}, {"f8", DType::kFloat64},
    {"c8", DType::kComplex64}, {"c16", DType::kComplex128},
};

struct Header {
  std::string descr;
  bool fortran_order = false;
  Shape shape;
  size_t data_offset = 0;
};

Failure bad_header(std::string_view why) {
  return fail(ErrorCode::kInvalidFile, fmt::format("not a readable .npy file: {}", why));
}

// A cursor over the header's Python literal. Every method says whether it found what it looked for.
class Literal {
 public:
  explicit Literal(std::string_view text) : text_(text) {}

  bool take(char wanted) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  std::optional<std::string_view> string() {
    skip_blanks();
    if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) return std::nullopt;
    const size_t end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) return std::nullopt;
    const auto value = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return value;
  }
  std::optional<bool> boolean() {
    skip_blanks();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(at_, word.size()) != word) continue;
      at_ += word.size();
      return value;
    }
    return std::nullopt;
  }
  std::optional<int64_t> integer() {
    skip_blanks();
    int64_t value = 0;
    const char* first = text_.data() + at_;
    const auto [end, error] = std::from_chars(first, text_.data() + text_.size(), value);
    if (error != std::errc() || value < 0) return std::nullopt;
    at_ += static_cast<size_t>(end - first);
    return value;
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }
  std::string_view text_;
  size_t at_ = 0;
};

std::optional<Shape> parse_tuple(Literal& literal) {
  Shape shape;
  if (!literal.take('(')) return std::nullopt;
  while (!literal.take(')')) {
    const auto dim = literal.integer();
    if (!dim || shape.rank() == kMaxRank) return std::nullopt;
    shape.push_back(*dim);
    if (!literal.take(',')) return literal.take(')') ? std::optional(shape) : std::nullopt;
  }
  return shape;
}

Result<Header> parse_literal(std::string_view text) {
  Header header;
  Literal literal(text);
  bool seen_descr = false, seen_order = false, seen_shape = false;
  if (!literal.take('{')) return bad_header("its header is not a dictionary");
  while (!literal.take('}')) {
    const auto key = literal.string();
    if (!key || !literal.take(':')) return bad_header("its header is not a dictionary");
    if (*key == "descr") {
      const auto descr = literal.string();
      if (!descr) return fail(ErrorCode::kUnsupported, "the .npy file holds records, only plain numbers can be read");
      header.descr = *descr;
      seen_descr = true;
    } else if (*key == "fortran_order") {
      const auto order = literal.boolean();
      if (!order) return bad_header("fortran_order is neither True nor False");
      header.fortran_order = *order;
      seen_order = true;
    } else if (*key == "shape") {
      auto shape = parse_tuple(literal);
      if (!shape) return bad_header("its shape is not a tuple of sizes");
      header.shape = std::move(*shape);
      seen_shape = true;
    } else {
      return bad_header("its header has an unknown key");
    }
    if (!literal.take(',')) {
      if (literal.take('}')) break;
      return bad_header("its header is not a dictionary");
    }
  }
  if (!seen_descr || !seen_order || !seen_shape) return bad_header("its header lacks descr, fortran_order or shape");
  return header;
}

Result<Header> read_header(std::span<const std::byte> file) {
  if (file.size() < 10 || std::memcmp(file.data(), kMagic.data(), kMagic.size()) != 0) {
    return bad_header("it does not begin with the .npy signature");
  }
  const int major = static_cast<int>(file[6]);
  if (major < 1 || major > 3) {
    return fail(ErrorCode::kUnsupported, fmt::format(".npy version {} is not known (1 to 3 are)", major));
  }
  const size_t start = major == 1 ? 10 : 12;
  if (file.size() < start) return bad_header("it ends inside its header");
  const size_t length = major == 1 ? load_le<uint16_t>(file, 8) : load_le<uint32_t>(file, 8);
  if (length > file.size() - start) return bad_header("it ends inside its header");
  const auto text = file.subspan(start, length);
  PESTLE_ASSIGN(Header header, parse_literal({reinterpret_cast<const char*>(text.data()), text.size()}));
  header.data_offset = start + length;
  return header;
}

std::optional<DType> find_dtype(std::string_view descr) {
  if (descr.size() < 3 || std::string_view("<>|=").find(descr[0]) == std::string_view::npos) return std::nullopt;
  for (const TypeCode& type : kTypes) {
    if (descr.substr(1) == type.code) return type.dtype;
  }
  return std::nullopt;
}

// Complex elements are two numbers, each swapped by itself.
void swap_bytes(std::span<std::byte> bytes, size_t number_size) {
  for (size_t i = 0; i + number_size <= bytes.size(); i += number_size) {
    std::reverse(bytes.begin() + static_cast<ptrdiff_t>(i), bytes.begin() + static_cast<ptrdiff_t>(i + number_size));
  }
}

// From first-axis-fastest to last-axis-fastest order.
std::vector<std::byte> to_c_order(std::span<const std::byte> bytes, const Shape& shape, size_t element) {
  std::vector<std::byte> out(bytes.size());
  std::vector<int64_t> index(static_cast<size_t>(shape.rank()), 0);
  std::vector<size_t> stride(index.size());
  size_t step = element;
  for (size_t axis = 0; axis < stride.size(); ++axis) {
    stride[axis] = step;
    step *= static_cast<size_t>(shape[static_cast<int>(axis)]);
  }
  size_t from = 0;
  for (size_t to = 0; to < out.size(); to += element) {
    std::memcpy(out.data() + to, bytes.data() + from, element);
    for (size_t axis = index.size(); axis-- > 0;) {
      from += stride[axis];
      if (++index[axis] < shape[static_cast<int>(axis)]) break;
      from -= stride[axis] * static_cast<size_t>(index[axis]);
      index[axis] = 0;
    }
  }
  return out;
}

size_t number_bytes(DType dtype) {
  const auto element = static_cast<size_t>(dtype_bits(dtype)) / 8;
  return dtype == DType::kComplex64 || dtype == DType::kComplex128 ? element / 2 : element;
}

}  // namespace

Result<NpyArray> read_npy_unaligned(const Bytes& file) {
  PESTLE_ASSIGN(const Header header, read_header(file.view()));
  const auto dtype = find_dtype(header.descr);
  if (!dtype) {
    return fail(ErrorCode::kUnsupported, fmt::format("the .npy file holds elements of type '{:.40}'", header.descr),
                "save it with a plain numeric type: array.astype('float32')");
  }
  const size_t element = static_cast<size_t>(dtype_bits(*dtype)) / 8;
  const auto elements = checked_elements(header.shape);
  const auto size = elements ? checked_mul(static_cast<size_t>(*elements), element) : std::nullopt;
  const size_t present = file.size() - header.data_offset;
  if (!size || *size > present) {
    return fail(ErrorCode::kInvalidFile,
                fmt::format("the .npy file is cut short: its header says {} of {}, {} bytes follow",
                            to_string(header.shape), dtype_name(*dtype), present));
  }
  Bytes data = file.slice(header.data_offset, *size);
  if (header.fortran_order && header.shape.rank() > 1) {
    data = Bytes::own(to_c_order(data.view(), header.shape, element));
  }
  if (header.descr[0] == '>' && number_bytes(*dtype) > 1) {
    std::vector<std::byte> swapped(data.view().begin(), data.view().end());
    swap_bytes(swapped, number_bytes(*dtype));
    data = Bytes::own(std::move(swapped));
  }
  if (*dtype == DType::kBool && std::ranges::any_of(data.view(), [](std::byte b) { return b > std::byte{1}; })) {
    return fail(ErrorCode::kInvalidFile, "the .npy file holds truth values other than 0 and 1");
  }
  return NpyArray{*dtype, header.shape, std::move(data)};
}

bool is_aligned(const ConstTensorView& tensor) {
  return reinterpret_cast<uintptr_t>(tensor.bytes.data()) % number_bytes(tensor.dtype) == 0;
}

Result<NpyArray> read_npy(const Bytes& file) {
  PESTLE_ASSIGN(NpyArray array, read_npy_unaligned(file));
  if (!is_aligned(array.view())) array.bytes = Bytes::copy_of(array.bytes.view());
  return array;
}

Result<std::vector<std::byte>> write_npy(const ConstTensorView& tensor) {
  if (tensor.dtype == DType::kInt4) {
    const auto values = unpack_int4(tensor.bytes, static_cast<size_t>(tensor.elements()));
    return write_npy({DType::kInt8, tensor.shape, std::as_bytes(std::span(values))});
  }
  const auto* type = std::ranges::find(kTypes, tensor.dtype, &TypeCode::dtype);
  if (type == std::end(kTypes)) {
    return fail(ErrorCode::kUnsupported, fmt::format(".npy has no type for {}", dtype_name(tensor.dtype)));
  }
  std::string dims;
  for (const int64_t dim : tensor.shape) dims += fmt::format("{}, ", dim);
  if (tensor.shape.rank() > 1) dims.resize(dims.size() - 2);
  if (tensor.shape.rank() == 1) dims.resize(dims.size() - 1);
  const char order = number_bytes(tensor.dtype) == 1 ? '|' : '<';
  std::string header =
      fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}), }}", order, type->code, dims);
  const size_t used = kMagic.size() + 4 + header.size() + 1;
  header.append((kAlignment - used % kAlignment) % kAlignment, ' ');
  header += '\n';

  std::string head(kMagic);
  head += {'\x01', '\x00', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  head += header;
  std::vector<std::byte> file(head.size() + tensor.bytes.size());
  std::memcpy(file.data(), head.data(), head.size());
  std::ranges::copy(tensor.bytes, file.begin() + static_cast<ptrdiff_t>(head.size()));
  return file;
}

}  // namespace pestle::codec
