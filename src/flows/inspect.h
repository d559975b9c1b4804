// The verb `inspect`: what a model file holds, read through no pass. A file that passes the door is described however
// little of it makes sense; what is wrong with its meaning is listed as warnings. Of a model that cannot be taken over
// there is what the file says of itself, and the refusal, which lists what would not convert.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "flows/model.h"

namespace pestle::flows {

struct InspectOptions {
  ModelRequest model;
  bool tensors = false;
  bool nodes = false;
  bool text = false;
};

struct QuantizationInfo {
  size_t scales = 0;  // 1: per tensor
  float scale = 0;    // the first one
  int64_t zero_point = 0;
  int axis = 0;
  bool blockwise = false;
};

struct TensorInfo {
  size_t graph = 0, index = 0;
  std::string name;
  std::string dtype;
  Shape shape;  // free extents are kUnknown
  std::vector<int> free_axes;
  const char* kind = "";  // "input", "output", "constant", "variable", "intermediate"
  size_t bytes = 0;       // of contents that stand in the file
  std::optional<QuantizationInfo> quantization;
};

struct SignatureInfo {
  struct Entry {
    std::string name, tensor;
  };
  std::string key;
  size_t graph = 0;
  std::vector<Entry> inputs, outputs;
};

// All nodes of one operator.
struct OperatorUse {
  std::string name;
  bool is_custom = false, is_known = true;
  size_t count = 0, integer = 0, hybrid = 0;
  int64_t macs = 0;
  size_t weight_bytes = 0;  // constants that these nodes read
};

struct NodeInfo {
  size_t graph = 0, index = 0;
  std::string op;
  int version = 0;
  std::vector<std::string> inputs, outputs;  // tensors as "name" or "#index"
  std::vector<std::string> sources;
  int64_t macs = 0;
};

// Constants of one element type.
struct WeightBytes {
  std::string dtype;
  size_t tensors = 0;
  size_t bytes = 0;
};

struct InspectResult {
  std::string path, format, description;
  size_t bytes = 0;
  size_t graphs = 0;
  std::vector<TensorInfo> inputs, outputs;
  std::vector<SignatureInfo> signatures;
  std::vector<OperatorUse> uses;  // most MACs first
  OperatorCounts operators;
  int64_t macs = 0;
  std::vector<WeightBytes> weights;  // most bytes first; a buffer that tensors share counts once
  std::string storage;               // how numbers are stored, one phrase: "float32", "int8 weights and activations"
  std::vector<std::pair<std::string, size_t>> metadata;  // names and sizes
  std::vector<std::string> class_names;                  // of the first output
  std::vector<std::string> warnings;
  std::optional<Error> refusal;     // the model cannot be taken over; there are no MACs, weights by type, nodes or text
  std::vector<TensorInfo> tensors;  // with options.tensors
  std::vector<NodeInfo> nodes;      // with options.nodes
  std::string text;                 // with options.text: the whole model in text form
};

Result<InspectResult> inspect(const InspectOptions& options);

}  // namespace pestle::flows
