// Which nodes of a source graph are imported, and in which order: those that the wanted outputs need, each after the
// nodes whose outputs it reads, otherwise in the file's order.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "codec/onnx.h"
#include "formats/import_options.h"

namespace pestle::formats::onnx {

struct Selection {
  std::vector<const codec::OnnxNode*> nodes;
  std::vector<std::string> inputs;   // tensors to feed: the file's inputs that are no initializers, or the cut's
  std::vector<std::string> outputs;  // tensors to compute
};
Result<Selection> select_nodes(const codec::OnnxGraph& graph, const ImportOptions& options);

// The name of a node: "Conv_3", or the operator and its first output where it has none.
std::string source_name(const codec::OnnxNode& node);
// How errors name it: "Conv 'Conv_3'"; one of a nested graph with the nodes around it: "Conv 'If_1/Conv_3'".
std::string label_of(const codec::OnnxNode& node, const std::string& prefix = {});

}  // namespace pestle::formats::onnx
