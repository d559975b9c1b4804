// Where an ONNX file stops being one. The wire reader says that something is wrong, not where; this walk over the
// fields of the model, its graph and what the graph consists of finds the first that does not fit.
//
// Field: a varint (number * 8 + wire type), then, by wire type: 0 a varint, 1 eight bytes, 2 a varint length and as
// many bytes, 5 four bytes.
#include <fmt/core.h>

#include "codec/onnx_parts.h"

namespace pestle::codec::onnx {
namespace {

using View = std::span<const std::byte>;

std::optional<uint64_t> read_varint(View file, size_t& at) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && at < file.size(); shift += 7) {
    const auto byte = static_cast<uint64_t>(file[at++]);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

struct Field {
  uint64_t number = 0, wire = 0;
  size_t content = 0;   // where its content begins
  uint64_t length = 0;  // of its content, as it claims
};

// Moves `at` behind the field's head; nothing if there is none that is well-formed.
std::optional<Field> read_head(View file, size_t& at) {
  const auto tag = read_varint(file, at);
  if (!tag || *tag < 8) return std::nullopt;
  Field field{*tag >> 3, *tag & 7, at, 0};
  switch (field.wire) {
    case 0: {
      size_t end = at;
      if (!read_varint(file, end)) return std::nullopt;
      field.length = end - at;
      return field;
    }
    case 1: field.length = 8; return field;
    case 5: field.length = 4; return field;
    case 2: {
      const auto length = read_varint(file, at);
      if (!length) return std::nullopt;
      field.content = at;
      field.length = *length;
      return field;
    }
    default: return std::nullopt;
  }
}

// A message within the file: from `begin` to `end`.
struct Extent {
  size_t begin = 0, end = 0;
};

enum class Level { kModel, kGraph, kPart };

bool is_message(Level level, uint64_t field) {
  if (level == Level::kModel) return field == 7;
  return level == Level::kGraph && (field == 1 || field == 5 || (field >= 11 && field <= 13));
}

std::optional<std::string> find_damage(View file, Extent extent, Level level) {
  const View seen = file.first(extent.end);
  for (size_t at = extent.begin; at < extent.end;) {
    const size_t start = at;
    const auto field = read_head(seen, at);
    if (!field) return fmt::format("is damaged at byte {}: no field of an ONNX model begins there", start);
    const uint64_t left = extent.end - field->content;
    if (field->length > left) {
      const char* what = level == Level::kModel && field->number == 7 ? "its graph" : "a field";
      const bool at_end = extent.end == file.size();
      return fmt::format("is {}: {} that begins at byte {} should have {} bytes, and {} follow",
                         at_end ? "cut off" : "damaged", what, start, field->length, left);
    }
    const Extent inner{field->content, field->content + static_cast<size_t>(field->length)};
    if (field->wire == 2 && is_message(level, field->number)) {
      if (auto found = find_damage(file, inner, level == Level::kModel ? Level::kGraph : Level::kPart)) return found;
    }
    at = inner.end;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> find_damage(View file) { return find_damage(file, {0, file.size()}, Level::kModel); }

View cut_off_graph(View file) {
  for (size_t at = 0; at < file.size();) {
    const auto field = read_head(file, at);
    if (!field) return {};
    const bool fits = field->length <= file.size() - field->content;
    if (!fits) return field->number == 7 ? file.subspan(field->content) : View{};
    if (field->number == 7) return {};
    at = field->content + static_cast<size_t>(field->length);
  }
  return {};
}

}  // namespace pestle::codec::onnx
