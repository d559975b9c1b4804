#include "flows/model.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "flows/input_shapes.h"
#include "formats/registry.h"
#include "formats/tflite/class_names.h"
#include "ir/label.h"
#include "ir/verifier.h"
#include "ops/core/check.h"
#include "ops/core/registry.h"
#include "passes/pass.h"

namespace pestle::flows {
namespace {

// Metadata of a written file: one line for each input that was re-laid, "#<place>:<permutation>", where axis i of the
// input is axis permutation[i] of the source's: "#0:0,2,3,1".
constexpr const char* kLayoutMetadata = "pestle.layout";

void record_layout(ir::Module& module, size_t place, const ops::Permutation& permutation) {
  std::string text;
  if (const Bytes* before = module.find_metadata(kLayoutMetadata)) {
    text.assign(reinterpret_cast<const char*>(before->data()), before->size());
  }
  std::vector<std::string> axes;
  for (int axis : permutation) axes.push_back(std::to_string(axis));
  text += fmt::format("#{}:{}\n", place, join(axes, ","));
  module.set_metadata(kLayoutMetadata, Bytes::copy_of(std::as_bytes(std::span(text))));
}

// Inputs that an earlier conversion re-laid. Lines that make no sense are passed over.
void recall_layout(LoadedModel& model) {
  const Bytes* recorded = model.module.find_metadata(kLayoutMetadata);
  if (recorded == nullptr) return;
  const std::string_view text(reinterpret_cast<const char*>(recorded->data()), recorded->size());
  for (const std::string& line : split(text, '\n')) {
    for (size_t i = 0; i < model.re_laid.size(); ++i) {
      if (line.starts_with(fmt::format("#{}:", i))) model.re_laid[i] = true;
    }
  }
}

// What cannot be read of them is no reason to refuse the model.
void recall_class_names(LoadedModel& model, const Bytes& file) {
  auto names = formats::tflite::read_class_names(model.module, file);
  if (names) {
    model.class_names = *std::move(names);
  } else {
    model.notes.push_back("the names of classes cannot be read: " + describe(names.error()));
  }
}

// The shapes that the operands give, where the file says others: runtimes go by the former, and so do all passes.
void take_shapes(const std::vector<ir::Type>& types, const ir::Node& node, ir::Graph& known, ir::Graph& graph) {
  for (size_t i = 0; i < types.size(); ++i) {
    const ir::ValueId id = node.outputs[i];
    if (id == ir::kNoValue || !types[i].shape.is_static() || types[i].shape == known.values[id].type.shape) continue;
    if (!known.values[id].type.shape.is_static()) continue;
    known.values[id].type.shape = graph.values[id].type.shape = types[i].shape;
    graph.values[id].signature.clear();
  }
}

Status check_file_graph(ir::Graph& graph, bool& is_understood) {
  ir::Graph known = with_free_shapes(graph);
  for (const ir::Node& node : graph.nodes) {
    Status status = ops::check_node(known, node);
    const ops::OpDef* def = ops::find(node);
    if (status && def != nullptr) {
      if (const auto types = ops::infer_types(*def, known, node)) take_shapes(*types, node, known, graph);
    }
    if (status) continue;
    const bool is_only_unknown = status.error().code == ErrorCode::kUnsupported;
    if (!is_only_unknown) return in_context(std::move(status).error(), ir::label(graph, node));
    is_understood = false;
  }
  return {};
}

// A .tflite file may say anything: cycles, operators without operands, shapes that do not fit. What is wrong in itself is
// refused here; what is only unknown (an operator, a type) may be carried along, but no pass touches it.
Status check_file(LoadedModel& model) {
  PESTLE_TRY(ir::verify(model.module));
  for (ir::Graph& graph : model.module.graphs) PESTLE_TRY(check_file_graph(graph, model.is_understood));
  return {};
}

}  // namespace

Result<LoadedModel> read_source(const ModelRequest& request) {
  formats::ImportOptions options;
  for (const auto& [name, shape] : request.input_shapes) options.input_shapes.push_back({name, shape});
  options.batch = request.batch;
  options.inputs = request.inputs;
  options.outputs = request.outputs;
  options.recurrent = request.recurrent;
  options.keep_float16 = request.keep_float16;
  LoadedModel model;
  model.path = request.path;
  PESTLE_ASSIGN(formats::ReadModel read, formats::read_model(request.path, options));
  PESTLE_ASSIGN(const Bytes bytes, map_file(request.path));
  model.file_bytes = bytes.size();
  model.format = read.format;
  model.module = std::move(read.module);
  // Importers fix shapes while they build; the graph of a .tflite file stands already.
  if (model.format == "tflite") PESTLE_TRY(set_input_shapes(model.module, request));
  model.re_laid.resize(model.module.graphs[0].inputs.size());
  recall_layout(model);
  if (model.format == "tflite") recall_class_names(model, bytes);
  return model;
}

Status canonicalize(LoadedModel& model, const ModelRequest& request) {
  if (model.format == "tflite") {
    if (Status status = check_file(model); !status) return in_context(std::move(status).error(), request.path);
  }
  if (!model.is_understood) return {};
  passes::PassOptions options;
  options.keep_input_layout = request.keep_input_layout;
  PESTLE_ASSIGN(model.report, passes::run_pipeline(model.module, options));
  const ir::Graph& graph = model.module.graphs[0];
  for (const passes::RelaidInput& input : model.report.relaid_inputs) {
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
      if (graph.values[graph.inputs[i]].name != input.input) continue;
      model.re_laid[i] = true;
      record_layout(model.module, i, input.permutation);
    }
    model.notes.push_back(
        fmt::format("input \"{}\" was re-laid from NCHW to NHWC (--keep-input-layout leaves it)", input.input));
  }
  return {};
}

Result<LoadedModel> load_model(const ModelRequest& request) {
  PESTLE_ASSIGN(LoadedModel model, read_source(request));
  PESTLE_TRY(canonicalize(model, request));
  return model;
}

ir::Graph with_free_shapes(ir::Graph graph) {
  for (ir::Value& value : graph.values) {
    if (!value.is_constant()) value.type.shape = ir::known_shape(value);
  }
  return graph;
}

bool computes_in_integers(const ir::Graph& graph, const ir::Node& node) {
  const auto quantized = [&graph](ir::ValueId id) {
    return id != ir::kNoValue && is_quantized_storage(graph.values[id].type.dtype) &&
           graph.values[id].type.is_quantized();
  };
  return std::any_of(node.outputs.begin(), node.outputs.end(), quantized) ||
         (std::any_of(node.inputs.begin(), node.inputs.end(), quantized) && !ops::traits_of(node).is_conversion);
}

bool is_quantized(const ir::Module& module) {
  for (const ir::Graph& graph : module.graphs) {
    for (const ir::Node& node : graph.nodes) {
      if (computes_in_integers(graph, node)) return true;
    }
  }
  return false;
}

bool is_hybrid(const ir::Graph& graph, const ir::Node& node) {
  if (!computes_in_integers(graph, node)) return false;
  return std::all_of(
             node.outputs.begin(), node.outputs.end(),
             [&](ir::ValueId id) { return id == ir::kNoValue || graph.values[id].type.dtype == DType::kFloat32; }) &&
         std::all_of(node.inputs.begin(), node.inputs.end(), [&](ir::ValueId id) {
           return id == ir::kNoValue || graph.values[id].is_constant() || !graph.values[id].type.is_quantized();
         });
}

OperatorCounts count_operators(const ir::Module& module) {
  OperatorCounts counts;
  for (const ir::Graph& graph : module.graphs) {
    for (const ir::Node& node : graph.nodes) {
      ++counts.total;
      if (is_hybrid(graph, node)) {
        ++counts.hybrid;
      } else {
        ++(computes_in_integers(graph, node) ? counts.integer : counts.floating);
      }
      if (node.is("TRANSPOSE")) ++counts.transpose;
    }
  }
  return counts;
}

}  // namespace pestle::flows
