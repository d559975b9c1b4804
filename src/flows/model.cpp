#include "flows/model.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/file.h"
#include "formats/registry.h"
#include "ops/core/registry.h"
#include "passes/pass.h"

namespace pestle::flows {

Result<LoadedModel> read_source(const ModelRequest& request) {
  formats::ImportOptions options;
  for (const auto& [name, shape] : request.input_shapes) options.input_shapes.push_back({name, shape});
  options.batch = request.batch;
  options.inputs = request.inputs;
  options.outputs = request.outputs;
  LoadedModel model;
  model.path = request.path;
  PESTLE_ASSIGN(const Bytes bytes, map_file(request.path));
  model.file_bytes = bytes.size();
  PESTLE_ASSIGN(formats::ReadModel read, formats::read_model(request.path, options));
  model.format = read.format;
  model.module = std::move(read.module);
  model.re_laid.resize(model.module.graphs[0].inputs.size());
  return model;
}

Result<LoadedModel> load_model(const ModelRequest& request) {
  PESTLE_ASSIGN(LoadedModel model, read_source(request));
  passes::PassOptions options;
  options.keep_input_layout = request.keep_input_layout;
  PESTLE_ASSIGN(model.report, passes::run_pipeline(model.module, options));
  const ir::Graph& graph = model.module.graphs[0];
  for (const passes::RelaidInput& input : model.report.relaid_inputs) {
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
      if (graph.values[graph.inputs[i]].name == input.input) model.re_laid[i] = true;
    }
    model.notes.push_back(fmt::format("input \"{}\" was re-laid from NCHW to NHWC (--keep-input-layout leaves it)", input.input));
  }
  return model;
}

namespace {

bool computes_in_integers(const ir::Graph& graph, const ir::Node& node) {
  const auto quantized = [&graph](ir::ValueId id) {
    return id != ir::kNoValue && is_quantized_storage(graph.values[id].type.dtype) && graph.values[id].type.is_quantized();
  };
  return std::any_of(node.outputs.begin(), node.outputs.end(), quantized) ||
         (std::any_of(node.inputs.begin(), node.inputs.end(), quantized) && node.op != "DEQUANTIZE");
}

}  // namespace

bool is_quantized(const ir::Module& module) {
  for (const ir::Graph& graph : module.graphs) {
    for (const ir::Node& node : graph.nodes) {
      if (computes_in_integers(graph, node)) return true;
    }
  }
  return false;
}

OperatorCounts count_operators(const ir::Module& module) {
  OperatorCounts counts;
  for (const ir::Graph& graph : module.graphs) {
    for (const ir::Node& node : graph.nodes) {
      ++counts.total;
      ++(computes_in_integers(graph, node) ? counts.integer : counts.floating);
      if (node.op == "TRANSPOSE") ++counts.transpose;
    }
  }
  return counts;
}

}  // namespace pestle::flows
