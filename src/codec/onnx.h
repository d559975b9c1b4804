// ONNX files (protobuf ModelProto) as plain structs. Names follow the standard's messages; numbers that another room
// gives meaning (element types) stay numbers. Weights are views into the file, or into the external files it names.
//
// File: a protobuf message, no magic. Fields: ModelProto ir_version=1, producer_name=2, producer_version=3, graph=7,
// opset_import=8, functions=25. A field may occur in any order; a repeated scalar packed, single or mixed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace pestle::codec {

// TensorProto.DataType, as far as other rooms ask for them.
enum class OnnxType : int32_t {
  kUndefined = 0,
  kFloat = 1,
  kUint8 = 2,
  kInt8 = 3,
  kUint16 = 4,
  kInt16 = 5,
  kInt32 = 6,
  kInt64 = 7,
  kString = 8,
  kBool = 9,
  kFloat16 = 10,
  kDouble = 11,
  kUint32 = 12,
  kUint64 = 13,
  kComplex64 = 14,
  kComplex128 = 15,
  kBfloat16 = 16,
  kFloat8E4M3FN = 17,
  kFloat8E5M2 = 19,
  kUint4 = 21,
  kInt4 = 22,
  kInt2 = 26,
};
// Bits of one element; 0 for strings and for types that the standard does not have (or that have no whole packing).
int onnx_type_bits(OnnxType type);

struct OnnxExternalData {
  std::string location;
  uint64_t offset = 0;
  std::optional<uint64_t> length;
};

struct OnnxTensor {
  std::string name;
  OnnxType type = OnnxType::kUndefined;
  std::vector<int64_t> dims;  // none: a scalar
  Bytes data;                 // little-endian elements, row-major, packed below 8 bits, at any address
  std::vector<std::string> strings;
  std::optional<OnnxExternalData> external;  // `data` is empty until load_onnx_external_data()
};

struct OnnxGraph;

struct OnnxAttribute {
  // Values of AttributeProto.AttributeType.
  enum class Kind : int32_t {
    kUndefined = 0,
    kFloat = 1,
    kInt = 2,
    kString = 3,
    kTensor = 4,
    kGraph = 5,
    kFloats = 6,
    kInts = 7,
    kStrings = 8,
    kTensors = 9,
    kGraphs = 10,
    kSparseTensor = 11,
    kSparseTensors = 12,
    kTypeProto = 13,
    kTypeProtos = 14,
  };
  std::string name;
  Kind kind = Kind::kUndefined;
  std::string reference;  // name of the attribute of the enclosing function that gives the value
  // A single value is the only element of its list.
  std::vector<float> floats;
  std::vector<int64_t> ints;
  std::vector<std::string> strings;
  std::vector<OnnxTensor> tensors;
  std::vector<OnnxGraph> graphs;
};

struct OnnxNode {
  std::string name;
  std::string op_type;
  std::string domain;  // "" for the standard's own
  std::string overload;
  std::vector<std::string> inputs;  // "" for an optional input that is left out
  std::vector<std::string> outputs;
  std::vector<OnnxAttribute> attributes;
};

struct OnnxDimension {
  std::optional<int64_t> value;  // nothing: free
  std::string symbol;            // free dimensions with one symbol are equal
};

struct OnnxValueInfo {
  std::string name;
  bool is_tensor = false;  // else a sequence, map, optional or sparse tensor
  OnnxType type = OnnxType::kUndefined;
  bool has_shape = false;
  std::vector<OnnxDimension> dims;
};

struct OnnxGraph {
  std::string name;
  std::vector<OnnxNode> nodes;
  std::vector<OnnxTensor> initializers;
  std::vector<std::string> sparse_initializers;  // their names: carried no further
  std::vector<OnnxValueInfo> inputs, outputs, values;
};

struct OnnxOpset {
  std::string domain;  // "" for the standard's own
  int64_t version = 0;
};

struct OnnxFunction {
  std::string domain, name, overload;
  std::vector<std::string> inputs, outputs, attributes;
  std::vector<OnnxAttribute> defaults;
  std::vector<OnnxNode> nodes;
  std::vector<OnnxOpset> opsets;
};

struct OnnxModel {
  int64_t ir_version = 0;
  std::string producer, producer_version;
  std::vector<OnnxOpset> opsets;
  OnnxGraph graph;
  std::vector<OnnxFunction> functions;
};

// The door: the wire format, lengths, that every tensor has as much data as its dimensions say, nesting of graphs.
// What nodes mean is not looked at. Allocates at most about a hundred times the file's size (many tiny messages),
// in ordinary files little more than its tables; raw_data is not copied.
Result<OnnxModel> read_onnx(const Bytes& file);

// Maps the external files that tensors name, all below `folder`, and gives the tensors their data.
Status load_onnx_external_data(OnnxModel& model, const std::string& folder);

// True if the bytes begin like an ONNX model: every field up to the graph is one that ModelProto has, of the right
// wire type, and the graph holds nodes that name operators. A graph that is cut off by the end of the file counts.
bool looks_like_onnx(std::span<const std::byte> bytes);

}  // namespace pestle::codec
