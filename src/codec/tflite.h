// The .tflite container as plain structs. Names follow the schema (tflite.fbs); enumerations are kept as numbers
// where another room gives them meaning (element types, operator codes).
//
// File: a FlatBuffer with root Model and identifier "TFL3" at byte 4. Constants are the `data` vectors of
// Model.buffers (16-byte aligned), or bytes behind the FlatBuffer found by offset and size from the file's start.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "base/property.h"
#include "base/status.h"

namespace pestle::codec {

struct TfliteQuantization {
  std::vector<float> min, max, scale;
  std::vector<int64_t> zero_point;
  int32_t quantized_dimension = 0;
  enum class Details : uint8_t { kNone, kCustom, kBlockwise, kMultiAxis } details = Details::kNone;
  std::vector<std::byte> custom;
  int32_t scales_tensor = -1, zero_points_tensor = -1, block_size = 0;
  std::vector<int32_t> quantized_dimensions;
};

struct TfliteSparseDimension {
  bool sparse = false;
  int32_t dense_size = 0;
  int segment_bits = 32, index_bits = 32;  // stored width: 8, 16 or 32
  std::vector<int32_t> segments, indices;
};

struct TfliteSparsity {
  std::vector<int32_t> traversal_order, block_map;
  std::vector<TfliteSparseDimension> dimensions;
};

struct TfliteVariantType {
  std::vector<int32_t> shape;
  int8_t type = 0;
  bool has_rank = false;
};

struct TfliteTensor {
  std::string name;
  std::vector<int32_t> shape;
  std::vector<int32_t> shape_signature;
  int8_t type = 0;
  uint32_t buffer = 0;
  bool is_variable = false;
  bool has_rank = false;
  std::optional<TfliteQuantization> quantization;
  std::optional<TfliteSparsity> sparsity;
  std::vector<TfliteVariantType> variant_types;
};

struct TfliteOperator {
  uint32_t code_index = 0;
  std::vector<int32_t> inputs, outputs, intermediates;
  std::vector<bool> mutating_variable_inputs;
  std::string options_record;     // "Conv2DOptions"; empty: none
  std::vector<Property> options;  // values that differ from the schema's default
  std::vector<std::byte> custom_options;
};

struct TfliteGraph {
  std::string name;
  std::vector<TfliteTensor> tensors;
  std::vector<TfliteOperator> operators;
  std::vector<int32_t> inputs, outputs;
};

struct TfliteOperatorCode {
  int32_t builtin = 0;
  std::string custom;
  int32_t version = 1;
};

struct TfliteSignature {
  struct Entry {
    std::string name;
    uint32_t tensor = 0;
  };
  std::string key;
  uint32_t graph = 0;
  std::vector<Entry> inputs, outputs;
};

struct TfliteMetadata {
  std::string name;
  uint32_t buffer = 0;
};

struct TfliteFile {
  std::string description;
  std::vector<TfliteOperatorCode> operator_codes;
  std::vector<TfliteGraph> graphs;
  std::vector<Bytes> buffers;  // views into the file; buffer 0 is empty by convention
  std::vector<TfliteMetadata> metadata;
  std::vector<uint32_t> unnamed_metadata;  // buffers: how files said it before entries had names
  std::vector<TfliteSignature> signatures;
};

// The door: verifies the FlatBuffer, identifier and version, and that every index and extent lies inside.
// Allocates at most a small multiple of the FlatBuffer's size; constants are not copied.
Result<TfliteFile> read_tflite(const Bytes& file);

// True if the bytes carry the identifier of a .tflite file.
bool looks_like_tflite(std::span<const std::byte> bytes);

// Writes the file; constants are streamed from their views. The same structs give the same bytes.
Status write_tflite(const TfliteFile& file, ByteSink& sink);

// The name of a builtin operator, or nothing if the schema has no such code; and back.
std::optional<std::string> tflite_operator_name(int32_t code);
std::optional<int32_t> tflite_operator_code(const std::string& name);

// A property of an options record, as the schema has it.
struct TfliteOptionField {
  std::string name;
  PropertyValue fallback;  // value of a scalar or enumeration that is absent; vectors and strings: empty
};
std::optional<std::vector<TfliteOptionField>> tflite_options_fields(const std::string& record);

}  // namespace pestle::codec
