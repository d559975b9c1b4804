#include "formats/onnx/importer.h"

#include <fmt/core.h>

#include <algorithm>

#include "formats/onnx/functions.h"
#include "formats/onnx/idioms.h"
#include "formats/onnx/inputs.h"
#include "formats/onnx/select.h"
#include "ir/rewriter.h"
#include "ir/verifier.h"

namespace pestle::formats::onnx {
namespace {

// What graphs, functions and unrolled loops may come to; no real network is near it.
constexpr size_t kMostNodes = size_t{1} << 18;
constexpr int kDeepest = 64;
// Constants that nodes make: so many bytes, and so many for each byte of the weights, which may be laid out anew.
constexpr size_t kConstantBytes = size_t{1} << 29, kConstantBytesPerByte = 8;

Failure stored_sparsely(const codec::OnnxGraph& graph) {
  return fail(ErrorCode::kUnsupported,
              fmt::format("the weights \"{}\" are stored sparsely", graph.sparse_initializers[0]),
              "export the model with dense weights");
}

}  // namespace

Importer::Importer(const codec::OnnxModel& model, const ImportOptions& options)
    : model_(model), options_(options), main_(model.graph.name), most_constant_bytes_(kConstantBytes) {
  for (const codec::OnnxTensor& tensor : model.graph.initializers)
    most_constant_bytes_ += kConstantBytesPerByte * tensor.data.size();
}

Result<ir::Module> Importer::import() {
  PESTLE_TRY(check_model());
  PESTLE_ASSIGN(Selection selection, select_nodes(model_.graph, options_));
  name_idioms(model_.graph, selection.nodes, idioms_);
  PESTLE_TRY(add_inputs(main_.graph(), model_.graph, selection.inputs, options_));
  Scope scope(model_.graph, model_.opsets, main_, nullptr);
  scope_ = &scope;
  PESTLE_TRY(bind_graph_inputs());
  import_nodes(selection.nodes);
  if (refusals_.size() > 0) return Failure(refusals_.error(nodes_));
  PESTLE_TRY(bind_graph_outputs(selection.outputs));
  ir::Module module;
  module.signatures.push_back(make_signature());
  graphs_[0] = std::move(main_.graph());
  module.graphs = std::move(graphs_);
  ir::remove_unused_values(module);
  PESTLE_TRY(ir::verify(module));
  return module;
}

Status Importer::check_model() const {
  if (!model_.graph.sparse_initializers.empty()) return stored_sparsely(model_.graph);
  return {};
}

void Importer::import_nodes(const std::vector<const codec::OnnxNode*>& nodes) {
  nodes_ += nodes.size();
  for (const codec::OnnxNode* node : nodes) import_node(*node);
}

// A node that reads what a refused node should have computed is passed over, unless it could not be mapped either way:
// then it is reported too, so that one run shows everything.
void Importer::import_node(const codec::OnnxNode& node) {
  const bool is_cut_off = std::any_of(node.inputs.begin(), node.inputs.end(),
                                      [&](const std::string& name) { return scope_->is_missing(name); });
  const bool is_known = find_mapping(node.domain, node.op_type) != nullptr || find_function(model_, node) != nullptr;
  if (!is_cut_off || !is_known) {
    ir::Graph& graph = scope_->frame().graph();
    const size_t first_new = graph.values.size();
    scope_->frame().emit().set_source(prefix_ + source_name(node));
    is_reported_ = false;
    const size_t nodes_before = nodes_;
    auto outputs = map_node(node);
    // Nodes of graphs within have paid for themselves.
    if (outputs && nodes_ == nodes_before) {
      if (Status paid = pay_for(graph, first_new); !paid) outputs = Failure(paid.error());
    }
    if (outputs) {
      for (size_t i = 0; i < node.outputs.size(); ++i) {
        if (node.outputs[i].empty()) continue;
        // Values that the node made take the source's names; where it only hands on an operand both lead to it.
        if (static_cast<size_t>((*outputs)[i]) >= first_new) graph.values[(*outputs)[i]].name = node.outputs[i];
        scope_->bind(node.outputs[i], (*outputs)[i]);
      }
      return;
    }
    if (!is_reported_) refusals_.add(node, prefix_, std::move(outputs).error(), ends_before(node));
  }
  for (const std::string& output : node.outputs) {
    if (!output.empty()) scope_->bind_missing(output);
  }
}

// Loops and functions make small files large: what they fold to is bounded as a whole.
Status Importer::pay_for(const ir::Graph& graph, size_t first_new) {
  for (size_t i = first_new; i < graph.values.size(); ++i) {
    if (graph.values[i].is_constant()) constant_bytes_ += graph.values[i].data->size();
  }
  if (constant_bytes_ <= most_constant_bytes_) return {};
  return unsupported("with it, nodes make absurdly large constants");
}

Result<ValueIds> Importer::map_node(const codec::OnnxNode& node) {
  const Mapping* mapping = find_mapping(node.domain, node.op_type);
  if (mapping == nullptr) {
    if (const codec::OnnxFunction* function = find_function(model_, node)) return call_function(*function, node);
    const std::string domain = node.domain.empty() ? "" : fmt::format(" of domain {}", node.domain);
    return unsupported(fmt::format("the operator {}{} is not known", node.op_type, domain));
  }
  ValueIds inputs;
  for (const std::string& name : node.inputs) {
    PESTLE_ASSIGN(const ValueId id, scope_->value_of(name));
    inputs.push_back(id);
  }
  NodeContext context({*this, scope_->frame()}, node, std::move(inputs), scope_->opset_of(node.domain));
  for (int i = 0; i < mapping->least_inputs; ++i) {
    if (!context.has(i)) return fail(ErrorCode::kInvalidModel, fmt::format("lacks its input {}", i));
  }
  for (ValueId id : context.all_inputs()) {
    if (mapping->takes_unknown_sizes || id == ir::kNoValue || context.emit().value(id).type.shape.is_static()) continue;
    return unsupported(
        fmt::format("the size of its input \"{}\" is known only while the model runs", context.emit().value(id).name));
  }
  auto outputs = mapping->map(context);
  if (context.attribute_error()) return Failure(*context.attribute_error());
  if (!outputs) return outputs;
  for (int i = 0; i < context.outputs(); ++i) {
    const bool is_there = i < static_cast<int>(outputs->size()) && (*outputs)[i] != ir::kNoValue;
    if (context.wants_output(i) && !is_there)
      return unsupported(fmt::format("its output {} (\"{}\") is not made", i, node.outputs[i]));
  }
  return outputs;
}

Result<ValueIds> Importer::call_function(const codec::OnnxFunction& function, const codec::OnnxNode& node) {
  ValueIds inputs;
  for (const std::string& name : node.inputs) {
    PESTLE_ASSIGN(const ValueId id, scope_->value_of(name));
    inputs.push_back(id);
  }
  inputs.resize(std::max(inputs.size(), function.inputs.size()), ir::kNoValue);
  if (node.outputs.size() > function.outputs.size())
    return fail(ErrorCode::kInvalidModel, "has more outputs than the function that it calls");
  const codec::OnnxGraph body = body_for(function, node);
  Scope scope(body, function.opsets, scope_->frame(), nullptr);
  return import_into(scope, body, inputs);
}

Result<ValueIds> Importer::import_graph(const codec::OnnxGraph& source, Frame& into, const ValueIds& inputs) {
  if (!source.sparse_initializers.empty()) return stored_sparsely(source);
  Scope scope(source, scope_->opsets(), into, scope_);
  return import_into(scope, source, inputs);
}

Result<ValueIds> Importer::import_into(Scope& scope, const codec::OnnxGraph& source, const ValueIds& inputs) {
  if (inputs.size() != source.inputs.size()) {
    return fail(ErrorCode::kInvalidModel, fmt::format("its graph \"{}\" takes {} inputs, but would be given {}",
                                                      source.name, source.inputs.size(), inputs.size()));
  }
  if (depth_ >= kDeepest) return unsupported("graphs or functions are nested too deep");
  if (nodes_ + source.nodes.size() > kMostNodes) return unsupported("unfolds to absurdly many nodes");
  for (size_t i = 0; i < inputs.size(); ++i) scope.bind(source.inputs[i].name, inputs[i]);
  PESTLE_ASSIGN(Selection selection, select_nodes(source, {}));
  name_idioms(source, selection.nodes, idioms_);
  // Whoever returns to the node that holds the graph finds everything as it was.
  Scope* const outer = std::exchange(scope_, &scope);
  const std::string source_outside = scope.frame().emit().source();
  const bool was_reported = is_reported_;
  const std::string prefix_outside = std::exchange(prefix_, outer->frame().emit().source() + "/");
  ++depth_;
  import_nodes(selection.nodes);
  --depth_;
  prefix_ = prefix_outside;
  scope.frame().emit().set_source(source_outside);
  scope_ = outer;
  is_reported_ = was_reported;
  ValueIds outputs;
  for (const std::string& name : selection.outputs) {
    if (scope.is_missing(name)) {
      is_reported_ = true;
      return unsupported("a part of it cannot be taken over");
    }
    PESTLE_ASSIGN(const ValueId id, scope.value_of(name));
    outputs.push_back(id);
  }
  return outputs;
}

int64_t Importer::add_graph(ir::Graph graph) {
  graphs_.push_back(std::move(graph));
  return static_cast<int64_t>(graphs_.size()) - 1;
}

void Importer::return_to(const Mark& mark) {
  refusals_.forget_from(mark.refusals);
  graphs_.resize(mark.graphs);
  is_reported_ = mark.is_reported;
}

std::vector<std::string> Importer::ends_before(const codec::OnnxNode& node) const {
  std::vector<std::string> ends;
  if (depth_ > 0) return ends;
  const ir::Graph& graph = scope_->frame().graph();
  for (const std::string& input : node.inputs) {
    const ValueId id = scope_->known_value_of(input);
    if (id != ir::kNoValue && !graph.values[id].is_constant() && !ir::is_input(graph, id)) ends.push_back(input);
  }
  return ends;
}

namespace {

bool is_half(const std::vector<codec::OnnxValueInfo>& ends, const std::string& name) {
  return std::any_of(ends.begin(), ends.end(), [&](const codec::OnnxValueInfo& info) {
    return info.name == name && info.type == codec::OnnxType::kFloat16;
  });
}

}  // namespace

// Everything between is computed in float32.
Status Importer::bind_graph_inputs() {
  ir::Graph& graph = main_.graph();
  const std::vector<ValueId> inputs = graph.inputs;
  for (ValueId id : inputs) {
    const std::string name = graph.values[id].name;
    ValueId value = id;
    if (options_.keep_float16 && is_half(model_.graph.inputs, name)) {
      graph.values[id].type.dtype = DType::kFloat16;
      main_.emit().set_source(name);
      PESTLE_ASSIGN(value, main_.emit().cast(id, DType::kFloat32));
    }
    scope_->bind(name, value);
  }
  return {};
}

Status Importer::bind_graph_outputs(const std::vector<std::string>& names) {
  ir::Graph& graph = main_.graph();
  for (const std::string& name : names) {
    auto id = scope_->value_of(name);
    if (!id || *id == ir::kNoValue)
      return fail(ErrorCode::kInvalidModel,
                  fmt::format("the output \"{}\" is neither computed nor stored anywhere", name));
    PESTLE_ASSIGN(*id, main_.result_of(*id));
    const bool is_float = graph.values[*id].type.dtype == DType::kFloat32;
    if (options_.keep_float16 && is_float && is_half(model_.graph.outputs, name)) {
      main_.emit().set_source(name);
      PESTLE_ASSIGN(*id, main_.emit().cast(*id, DType::kFloat16));
    }
    ir::Value& value = graph.values[*id];
    const bool is_shared = ir::is_input(graph, *id) || ir::is_output(graph, *id) || value.is_constant();
    if (!is_shared) value.name = name;
    graph.outputs.push_back(*id);
  }
  return {};
}

ir::Signature Importer::make_signature() {
  const ir::Graph& graph = main_.graph();
  ir::Signature signature;
  signature.key = "serving_default";
  for (ValueId id : graph.inputs) signature.inputs.push_back({graph.values[id].name, id});
  for (ValueId id : graph.outputs) signature.outputs.push_back({graph.values[id].name, id});
  return signature;
}

}  // namespace pestle::formats::onnx
