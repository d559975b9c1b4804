// Models as the verbs take them: any format in, the canonical graph out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/status.h"
#include "formats/import_options.h"
#include "ir/graph.h"
#include "passes/pass.h"

namespace pestle::flows {

using Recurrent = formats::ImportOptions::Recurrent;

struct ModelRequest {
  std::string path;
  std::map<std::string, Shape> input_shapes;  // --input NAME:SHAPE
  std::optional<int64_t> batch;
  std::vector<std::string> inputs, outputs;  // cut points
  bool keep_input_layout = false;
  bool keep_float16 = false;               // of inputs and outputs
  Recurrent recurrent = Recurrent::kAuto;  // how loops of known length are written
};

struct LoadedModel {
  std::string path;
  std::string format;  // "tflite", "onnx"
  size_t file_bytes = 0;
  ir::Module module;
  bool is_understood = true;  // every node is of a known operator and fits it; else no pass runs
  // Inputs of the main graph that were re-laid from NCHW to NHWC, by position.
  std::vector<bool> re_laid;
  passes::PassReport report;             // what the passes left and re-laid
  std::vector<std::string> class_names;  // of the first output, where the file has them
  std::vector<std::string> notes;        // what the user should know, one sentence each
};

// As the file says, through no pass.
Result<LoadedModel> read_source(const ModelRequest& request);
// Brings a model that read_source gave into the canonical form of load_model, in place.
Status canonicalize(LoadedModel& model, const ModelRequest& request);
// The canonical form: constants folded, batch norms and activations fused, layout NHWC.
Result<LoadedModel> load_model(const ModelRequest& request);

// Files write 1 for an extent that is free: nothing follows from it.
ir::Graph with_free_shapes(ir::Graph graph);

// True if the node reads or writes quantized integers (but for a DEQUANTIZE, which only widens stored weights).
bool computes_in_integers(const ir::Graph& graph, const ir::Node& node);
// True if some node computes on quantized integers.
bool is_quantized(const ir::Module& module);

// True if the node's kernel reads stored integers but computes on float activations (dynamic range).
bool is_hybrid(const ir::Graph& graph, const ir::Node& node);

struct OperatorCounts {
  size_t total = 0, integer = 0, hybrid = 0, floating = 0, transpose = 0;
};
OperatorCounts count_operators(const ir::Module& module);

}  // namespace pestle::flows
