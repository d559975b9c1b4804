#include "ir/text_parts.h"

#include <fmt/core.h>

#include <algorithm>
#include <span>

namespace pestle::ir {
namespace {

constexpr int64_t kInt32Low = std::numeric_limits<int32_t>::min(), kInt32High = std::numeric_limits<int32_t>::max();

template <typename T>
Status append(T value, std::vector<std::byte>& bytes) {
  const auto view = std::as_bytes(std::span(&value, 1));
  bytes.insert(bytes.end(), view.begin(), view.end());
  return {};
}

}  // namespace

Result<std::vector<float>> TextParts::floats() {
  std::vector<float> values;
  PESTLE_TRY(list('[', ']', [&]() -> Status {
    PESTLE_ASSIGN(const float value, t_.real32());
    values.push_back(value);
    return {};
  }));
  return values;
}

Result<std::vector<double>> TextParts::doubles() {
  std::vector<double> values;
  PESTLE_TRY(list('[', ']', [&]() -> Status {
    PESTLE_ASSIGN(const double value, t_.real());
    values.push_back(value);
    return {};
  }));
  return values;
}

Result<std::vector<std::string>> TextParts::strings() {
  std::vector<std::string> values;
  PESTLE_TRY(list('[', ']', [&]() -> Status {
    PESTLE_ASSIGN(auto value, t_.string());
    values.push_back(std::move(value));
    return {};
  }));
  return values;
}

Result<ValueId> TextParts::value() {
  if (t_.take_word("none")) return kNoValue;
  PESTLE_TRY(t_.expect('%'));
  PESTLE_ASSIGN(const int64_t id, t_.integer(0, kInt32High));
  return static_cast<ValueId>(id);
}

Result<std::vector<ValueId>> TextParts::values() {
  std::vector<ValueId> ids;
  PESTLE_TRY(list('(', ')', [&]() -> Status {
    PESTLE_ASSIGN(const ValueId id, value());
    ids.push_back(id);
    return {};
  }));
  return ids;
}

Result<Type> TextParts::type() {
  PESTLE_ASSIGN(const std::string name, t_.word());
  const auto dtype = dtype_from_name(name);
  if (!dtype) return t_.error(fmt::format("there is no element type {}", name));
  Type type;
  type.dtype = *dtype;
  PESTLE_TRY(list('[', ']', [&]() -> Status {
    if (t_.take('?')) {
      type.shape.push_back(kUnknown);
      return {};
    }
    PESTLE_ASSIGN(const int64_t extent, t_.integer());
    type.shape.push_back(extent);
    return {};
  }));
  return type;
}

Result<std::shared_ptr<const Quantization>> TextParts::quantization() {
  auto q = std::make_shared<Quantization>();
  PESTLE_TRY(t_.expect('{'));
  while (!t_.take('}')) PESTLE_TRY(quantization_part(*q));
  return q;
}

Result<std::shared_ptr<const Sparsity>> TextParts::sparsity() {
  auto s = std::make_shared<Sparsity>();
  PESTLE_TRY(t_.expect('{'));
  PESTLE_TRY(t_.expect_word("order"));
  PESTLE_ASSIGN(s->traversal_order, ints<int32_t>());
  PESTLE_TRY(t_.expect_word("blocks"));
  PESTLE_ASSIGN(s->block_map, ints<int32_t>());
  while (!t_.take('}')) {
    PESTLE_ASSIGN(auto dimension, sparse_dimension());
    s->dimensions.push_back(std::move(dimension));
  }
  return s;
}

Result<AttributeValue> TextParts::property() {
  if (t_.take_word("true")) return AttributeValue(true);
  if (t_.take_word("false")) return AttributeValue(false);
  if (t_.peek() == '"') return t_.string();
  if (t_.take_word("ints")) return ints<int64_t>();
  if (t_.take_word("floats")) return doubles();
  if (t_.take_word("strings")) return strings();
  if (t_.take_word("bytes")) return t_.bytes();
  Tokens ahead = t_;
  if (const auto whole = ahead.integer()) {
    t_ = ahead;
    return AttributeValue(*whole);
  }
  PESTLE_ASSIGN(const double value, t_.real());
  return AttributeValue(value);
}

Status TextParts::quantization_part(Quantization& q) {
  if (t_.take_word("scale")) {
    PESTLE_ASSIGN(q.scale, floats());
  } else if (t_.take_word("zero_point")) {
    PESTLE_ASSIGN(q.zero_point, ints<int64_t>());
  } else if (t_.take_word("axis")) {
    PESTLE_ASSIGN(const int64_t axis, t_.integer(kInt32Low, kInt32High));
    q.axis = static_cast<int32_t>(axis);
  } else if (t_.take_word("min")) {
    PESTLE_ASSIGN(q.min, floats());
  } else if (t_.take_word("max")) {
    PESTLE_ASSIGN(q.max, floats());
  } else if (t_.take_word("blocks")) {
    PESTLE_ASSIGN(q.blocks, blocks());
  } else if (t_.take_word("custom")) {
    PESTLE_ASSIGN(q.custom, t_.bytes());
  } else {
    return t_.error_here("expected scale, zero_point, axis, min, max, blocks, custom or '}'");
  }
  return {};
}

Result<BlockScales> TextParts::blocks() {
  BlockScales blocks;
  PESTLE_ASSIGN(blocks.scales, value());
  PESTLE_ASSIGN(blocks.zero_points, value());
  PESTLE_TRY(t_.expect_word("size"));
  PESTLE_ASSIGN(const int64_t size, t_.integer(kInt32Low, kInt32High));
  blocks.block_size = static_cast<int32_t>(size);
  blocks.multi_axis = t_.take_word("axes");
  if (blocks.multi_axis) {
    PESTLE_ASSIGN(blocks.axes, ints<int32_t>());
  }
  return blocks;
}

Result<Sparsity::Dimension> TextParts::sparse_dimension() {
  Sparsity::Dimension d;
  d.sparse = t_.take_word("sparse");
  if (!d.sparse) PESTLE_TRY(t_.expect_word("dense"));
  PESTLE_ASSIGN(const int64_t size, t_.integer(kInt32Low, kInt32High));
  d.dense_size = static_cast<int32_t>(size);
  if (!t_.take_word("bits")) return d;
  for (int& bits : d.index_bits) {
    PESTLE_ASSIGN(const int64_t width, t_.integer(8, 32));
    bits = static_cast<int>(width);
  }
  PESTLE_TRY(t_.expect_word("segments"));
  PESTLE_ASSIGN(d.segments, ints<int32_t>());
  PESTLE_TRY(t_.expect_word("indices"));
  PESTLE_ASSIGN(d.indices, ints<int32_t>());
  return d;
}

template <typename T>
Status TextParts::append_integer(std::vector<std::byte>& bytes) {
  constexpr auto kMost =
      static_cast<int64_t>(std::min<uint64_t>(std::numeric_limits<T>::max(), std::numeric_limits<int64_t>::max()));
  PESTLE_ASSIGN(const int64_t value, t_.integer(std::numeric_limits<T>::min(), kMost));
  return append(static_cast<T>(value), bytes);
}

Status TextParts::number(DType dtype, std::vector<std::byte>& bytes) {
  switch (dtype) {
    case DType::kFloat32: {
      PESTLE_ASSIGN(const float value, t_.real32());
      return append(value, bytes);
    }
    case DType::kFloat64: {
      PESTLE_ASSIGN(const double value, t_.real());
      return append(value, bytes);
    }
    case DType::kInt8: return append_integer<int8_t>(bytes);
    case DType::kUInt8: return append_integer<uint8_t>(bytes);
    case DType::kInt16: return append_integer<int16_t>(bytes);
    case DType::kUInt16: return append_integer<uint16_t>(bytes);
    case DType::kInt32: return append_integer<int32_t>(bytes);
    case DType::kUInt32: return append_integer<uint32_t>(bytes);
    case DType::kInt64: return append_integer<int64_t>(bytes);
    default: return t_.error(fmt::format("contents of type {} are written as base64", dtype_name(dtype)));
  }
}

Result<std::vector<std::byte>> TextParts::numbers(const Type& type) {
  std::vector<std::byte> bytes;
  size_t count = 0;
  PESTLE_TRY(list('[', ']', [&]() -> Status {
    ++count;
    return number(type.dtype, bytes);
  }));
  const auto elements = checked_elements(type.shape);
  if (!elements || static_cast<size_t>(*elements) != count) {
    return t_.error(fmt::format("{} numbers for a tensor of shape {}", count, to_string(type.shape)));
  }
  return bytes;
}

}  // namespace pestle::ir
