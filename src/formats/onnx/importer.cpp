#include "formats/onnx/importer.h"

#include <fmt/core.h>

#include "base/text.h"
#include "formats/onnx/inputs.h"
#include "formats/onnx/select.h"
#include "ir/rewriter.h"
#include "ir/verifier.h"

namespace pestle::formats::onnx {
namespace {

// The first operator set in which arithmetic broadcasts as NumPy does; older ones mean other things by the same names.
constexpr int64_t kOldestOpset = 7;

}  // namespace

Importer::Importer(const codec::OnnxModel& model, const ImportOptions& options)
    : model_(model), options_(options), emit_(graph_) {
  graph_.name = model.graph.name;
  for (const codec::OnnxTensor& tensor : model.graph.initializers) initializers_.emplace(tensor.name, &tensor);
}

Result<ir::Module> Importer::import() {
  PESTLE_TRY(check_model());
  PESTLE_ASSIGN(const Selection selection, select_nodes(model_.graph, options_));
  PESTLE_TRY(add_inputs(graph_, model_.graph, selection.inputs, options_));
  for (ValueId id : graph_.inputs) values_.emplace(graph_.values[id].name, id);
  for (const codec::OnnxNode* node : selection.nodes) import_node(*node);
  if (!refusals_.empty()) return Failure(refusals_error(selection.nodes.size()));
  PESTLE_TRY(bind_graph_outputs(selection.outputs));
  ir::Module module;
  module.signatures.push_back(make_signature());
  module.graphs.push_back(std::move(graph_));
  ir::remove_unused_values(module);
  PESTLE_TRY(ir::verify(module));
  return module;
}

Status Importer::check_model() const {
  const int64_t opset = opset_of("");
  if (opset > 0 && opset < kOldestOpset) {
    return fail(
        ErrorCode::kUnsupported,
        fmt::format("the model uses operator set {}, the oldest that is read is {}", opset, kOldestOpset),
        fmt::format("bring it to a newer one, for instance with onnx.version_converter.convert_version(model, {})",
                    kOldestOpset));
  }
  if (!model_.graph.sparse_initializers.empty()) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("the weights \"{}\" are stored sparsely", model_.graph.sparse_initializers[0]),
                "export the model with dense weights");
  }
  return {};
}

int64_t Importer::opset_of(const std::string& domain) const {
  for (const codec::OnnxOpset& opset : model_.opsets) {
    if (opset.domain == domain) return opset.version;
  }
  return domain.empty() ? 0 : 1;
}

Result<ValueId> Importer::value_of(const std::string& name) {
  if (name.empty()) return ir::kNoValue;
  const auto known = values_.find(name);
  if (known != values_.end()) return known->second;
  const auto initializer = initializers_.find(name);
  if (initializer == initializers_.end()) {
    return fail(ErrorCode::kInvalidModel,
                fmt::format("its input \"{}\" is neither computed nor stored anywhere", name));
  }
  PESTLE_ASSIGN(const ValueId id, add_constant(graph_, name, *initializer->second));
  values_.emplace(name, id);
  return id;
}

// A node that reads what a refused node should have computed is passed over, unless it could not be mapped either way:
// then it is reported too, so that one run shows everything.
void Importer::import_node(const codec::OnnxNode& node) {
  const bool is_cut_off = std::any_of(node.inputs.begin(), node.inputs.end(),
                                      [&](const std::string& name) { return missing_.contains(name); });
  if (!is_cut_off || find_mapping(node.domain, node.op_type) == nullptr) {
    const size_t first_new = graph_.values.size();
    emit_.set_source(source_name(node));
    auto outputs = map_node(node);
    if (outputs) return bind_outputs(node, *outputs, first_new);
    refusals_.push_back({&node, std::move(outputs).error()});
  }
  missing_.insert(node.outputs.begin(), node.outputs.end());
  missing_.erase("");
}

Result<ValueIds> Importer::map_node(const codec::OnnxNode& node) {
  const Mapping* mapping = find_mapping(node.domain, node.op_type);
  if (mapping == nullptr) {
    const std::string domain = node.domain.empty() ? "" : fmt::format(" of domain {}", node.domain);
    return unsupported(fmt::format("the operator {}{} is not known", node.op_type, domain));
  }
  ValueIds inputs;
  for (const std::string& name : node.inputs) {
    PESTLE_ASSIGN(const ValueId id, value_of(name));
    inputs.push_back(id);
  }
  NodeContext context(emit_, node, std::move(inputs), opset_of(node.domain));
  for (int i = 0; i < mapping->least_inputs; ++i) {
    if (!context.has(i)) return fail(ErrorCode::kInvalidModel, fmt::format("lacks its input {}", i));
  }
  for (ValueId id : context.all_inputs()) {
    if (mapping->takes_unknown_sizes || id == ir::kNoValue || graph_.values[id].type.shape.is_static()) continue;
    return unsupported(
        fmt::format("the size of its input \"{}\" is known only while the model runs", graph_.values[id].name));
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

// Values that the node made take the source's names; where it only hands on an operand both names lead to it.
void Importer::bind_outputs(const codec::OnnxNode& node, const ValueIds& outputs, size_t first_new) {
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    if (node.outputs[i].empty()) continue;
    if (static_cast<size_t>(outputs[i]) >= first_new) graph_.values[outputs[i]].name = node.outputs[i];
    values_[node.outputs[i]] = outputs[i];
  }
}

Error Importer::refusals_error(size_t nodes) const {
  std::string list;
  std::vector<std::string> ends;
  ErrorCode code = ErrorCode::kUnsupported;
  for (const Refusal& refusal : refusals_) {
    list += fmt::format("\n  {}: {}", label_of(*refusal.node), describe(refusal.error));
    if (refusal.error.code != ErrorCode::kUnsupported) code = refusal.error.code;
    for (const std::string& input : refusal.node->inputs) {
      const auto known = values_.find(input);
      const bool is_new = std::find(ends.begin(), ends.end(), input) == ends.end();
      if (known != values_.end() && !graph_.values[known->second].is_constant() &&
          !ir::is_input(graph_, known->second) && is_new)
        ends.push_back(input);
    }
  }
  const std::string hint =
      ends.empty() ? std::string() : fmt::format("to stop before them: --outputs {}", join(ends, ","));
  const char* noun = nodes == 1 ? "node" : "nodes";
  return {code, fmt::format("{} of {} {} cannot be taken over:{}", refusals_.size(), nodes, noun, list), hint, {}};
}

Status Importer::bind_graph_outputs(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    auto id = value_of(name);
    if (!id || *id == ir::kNoValue)
      return fail(ErrorCode::kInvalidModel,
                  fmt::format("the output \"{}\" is neither computed nor stored anywhere", name));
    ir::Value& value = graph_.values[*id];
    const bool is_shared = ir::is_input(graph_, *id) || ir::is_output(graph_, *id) || value.is_constant();
    if (!is_shared) value.name = name;
    graph_.outputs.push_back(*id);
  }
  return {};
}

ir::Signature Importer::make_signature() const {
  ir::Signature signature;
  signature.key = "serving_default";
  for (ValueId id : graph_.inputs) signature.inputs.push_back({graph_.values[id].name, id});
  for (ValueId id : graph_.outputs) signature.outputs.push_back({graph_.values[id].name, id});
  return signature;
}

}  // namespace pestle::formats::onnx
