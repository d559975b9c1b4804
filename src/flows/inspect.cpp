#include "flows/inspect.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "formats/outline.h"
#include "ir/label.h"
#include "ir/text.h"
#include "ir/verifier.h"
#include "ops/core/check.h"
#include "ops/core/registry.h"
#include "quant/stated.h"

namespace pestle::flows {
namespace {

constexpr size_t kMostWarnings = 50;

std::optional<QuantizationInfo> quantization_of(const ir::Type& type) {
  if (!type.is_quantized()) return std::nullopt;
  const ir::Quantization& q = *type.quantization;
  QuantizationInfo info;
  info.scales = q.scale.size();
  info.axis = q.axis;
  info.blockwise = q.blocks.has_value();
  if (!q.scale.empty()) {
    info.scale = q.scale[0];
    info.zero_point = q.zero_point_at(0);
  }
  return info;
}

// MACs of one run with the shapes that stand in the file; 0 where those do not fit or are not known.
int64_t macs_of(const ir::Graph& graph, const ir::Node& node) {
  if (!ops::check_node(graph, node)) return 0;
  const ops::NodeView view(graph, node);
  for (int i = 0; i < view.outputs(); ++i) {
    if (!checked_elements(view.output(i).shape)) return 0;
  }
  return ops::macs_of(graph, node);
}

class Inspection {
 public:
  Inspection(const LoadedModel& model, const InspectOptions& options)
      : model_(model), module_(model.module), options_(options) {}

  InspectResult run() {
    result_.path = model_.path;
    result_.format = model_.format;
    result_.description = module_.description;
    result_.bytes = model_.file_bytes;
    result_.graphs = module_.graphs.size();
    for (ir::ValueId id : module_.graphs[0].inputs) result_.inputs.push_back(describe_tensor(0, id));
    for (ir::ValueId id : module_.graphs[0].outputs) result_.outputs.push_back(describe_tensor(0, id));
    for (const ir::Signature& signature : module_.signatures) describe_signature(signature);
    for (size_t g = 0; g < module_.graphs.size(); ++g) describe_nodes(g);
    sort_uses();
    measure_weights();
    result_.operators = count_operators(module_);
    result_.storage = storage();
    for (const auto& [name, bytes] : module_.metadata) result_.metadata.emplace_back(name, bytes.size());
    result_.class_names = model_.class_names;
    collect_warnings();
    if (options_.tensors) list_tensors();
    if (options_.text) result_.text = ir::print(module_);
    return std::move(result_);
  }

 private:
  const char* kind_of(const ir::Graph& graph, ir::ValueId id) const {
    const ir::Value& value = graph.values[id];
    if (ir::is_input(graph, id)) return "input";
    if (value.is_variable) return "variable";
    if (value.is_constant()) return "constant";
    return ir::is_output(graph, id) ? "output" : "intermediate";
  }

  TensorInfo describe_tensor(size_t g, ir::ValueId id) const {
    const ir::Value& value = module_.graphs[g].values[id];
    TensorInfo info;
    info.graph = g;
    info.index = static_cast<size_t>(id);
    info.name = value.name;
    info.dtype = dtype_name(value.type.dtype);
    info.shape = ir::known_shape(value);
    for (int axis = 0; axis < info.shape.rank(); ++axis) {
      if (info.shape[axis] == kUnknown) info.free_axes.push_back(axis);
    }
    info.kind = kind_of(module_.graphs[g], id);
    info.bytes = value.is_constant() ? value.data->size() : 0;
    info.quantization = quantization_of(value.type);
    return info;
  }

  std::string tensor_name(size_t g, ir::ValueId id) const {
    const auto& values = module_.graphs[g].values;
    if (id < 0 || static_cast<size_t>(id) >= values.size()) return "none";
    return values[id].name.empty() ? fmt::format("#{}", id) : values[id].name;
  }

  void describe_signature(const ir::Signature& signature) {
    SignatureInfo info{signature.key, static_cast<size_t>(signature.graph), {}, {}};
    for (const auto& entry : signature.inputs)
      info.inputs.push_back({entry.name, tensor_name(info.graph, entry.value)});
    for (const auto& entry : signature.outputs)
      info.outputs.push_back({entry.name, tensor_name(info.graph, entry.value)});
    result_.signatures.push_back(std::move(info));
  }

  void describe_nodes(size_t g) {
    const ir::Graph& graph = module_.graphs[g];
    for (size_t n = 0; n < graph.nodes.size(); ++n) {
      const ir::Node& node = graph.nodes[n];
      const int64_t macs = macs_of(graph, node);
      count_use(graph, node, macs);
      if (!options_.nodes) continue;
      NodeInfo info{g, n, node.op, node.version, {}, {}, node.sources, macs};
      for (ir::ValueId id : node.inputs) info.inputs.push_back(tensor_name(g, id));
      for (ir::ValueId id : node.outputs) info.outputs.push_back(tensor_name(g, id));
      result_.nodes.push_back(std::move(info));
    }
  }

  void count_use(const ir::Graph& graph, const ir::Node& node, int64_t macs) {
    OperatorUse& use = uses_[{node.is_custom, node.op}];
    use.name = node.op;
    use.is_custom = node.is_custom;
    use.is_known = ops::find(node) != nullptr;
    ++use.count;
    const bool hybrid = is_hybrid(graph, node);
    use.hybrid += hybrid ? 1 : 0;
    use.integer += !hybrid && computes_in_integers(graph, node) ? 1 : 0;
    use.macs += macs;
    result_.macs += macs;
    for (ir::ValueId id : node.inputs) {
      if (id == ir::kNoValue || !graph.values[id].is_constant()) continue;
      if (read_buffers_.insert(graph.values[id].data.get()).second) use.weight_bytes += graph.values[id].data->size();
    }
  }

  void sort_uses() {
    for (auto& [key, use] : uses_) result_.uses.push_back(std::move(use));
    std::stable_sort(result_.uses.begin(), result_.uses.end(), [](const OperatorUse& a, const OperatorUse& b) {
      return a.macs != b.macs ? a.macs > b.macs : a.count > b.count;
    });
  }

  void measure_weights() {
    std::map<DType, WeightBytes> by_type;
    std::set<const Bytes*> seen;
    for (const ir::Graph& graph : module_.graphs) {
      for (const ir::Value& value : graph.values) {
        if (!value.is_constant()) continue;
        WeightBytes& entry = by_type[value.type.dtype];
        entry.dtype = dtype_name(value.type.dtype);
        ++entry.tensors;
        if (seen.insert(value.data.get()).second) entry.bytes += value.data->size();
      }
    }
    for (auto& [dtype, entry] : by_type) result_.weights.push_back(std::move(entry));
    std::stable_sort(result_.weights.begin(), result_.weights.end(),
                     [](const WeightBytes& a, const WeightBytes& b) { return a.bytes > b.bytes; });
  }

  // Storage of what the operators that multiply read and write, which is what names a mode.
  std::string storage() const {
    if (model_.format != "tflite" && quant::states_quantization(module_))
      return "quantized: convert keeps its scales and integers";
    std::set<std::string> activations, weights;
    for (const ir::Graph& graph : module_.graphs) {
      for (const ir::Node& node : graph.nodes) {
        const ops::OpDef* def = ops::find(node);
        if (def == nullptr || def->macs == nullptr) continue;
        for (ir::ValueId id : node.outputs) activations.insert(dtype_name(graph.values[id].type.dtype));
        if (node.inputs.size() > 1 && node.inputs[1] != ir::kNoValue)
          weights.insert(dtype_name(graph.values[node.inputs[1]].type.dtype));
      }
    }
    const std::string floats = dtype_name(DType::kFloat32);
    if (activations.empty())
      return result_.operators.integer > 0
                 ? fmt::format("{} of {} operators in integers", result_.operators.integer, result_.operators.total)
                 : floats;
    const std::vector<std::string> w(weights.begin(), weights.end()), a(activations.begin(), activations.end());
    if (w == a)
      return w == std::vector<std::string>{floats} && !has_float16()
                 ? floats
                 : fmt::format("weights and activations {}", join(w, ", "));
    return fmt::format("weights {}, activations {}", join(w, ", "), join(a, ", "));
  }

  bool has_float16() const {
    return std::any_of(result_.weights.begin(), result_.weights.end(),
                       [](const WeightBytes& w) { return w.dtype == dtype_name(DType::kFloat16); });
  }

  void collect_warnings() {
    std::vector<Error> problems = ir::find_problems(module_, kMostWarnings);
    for (size_t g = 0; g < module_.graphs.size(); ++g) {
      const ir::Graph graph = with_free_shapes(module_.graphs[g]);
      for (size_t n = 0; n < graph.nodes.size() && problems.size() < kMostWarnings; ++n) {
        Status status = ops::check_node(graph, graph.nodes[n]);
        if (status) continue;
        problems.push_back(in_context(std::move(status).error(), ir::label(graph, graph.nodes[n])).value());
      }
    }
    for (const Error& problem : problems) result_.warnings.push_back(describe(problem));
    if (problems.size() >= kMostWarnings)
      result_.warnings.push_back(fmt::format("only the first {} findings are shown", kMostWarnings));
    for (const OperatorUse& use : result_.uses) {
      if (!use.is_known)
        result_.warnings.push_back(fmt::format("{}{} cannot be run or quantized; it is carried as it is",
                                               use.is_custom ? "the custom operator " : "", use.name));
    }
  }

  void list_tensors() {
    for (size_t g = 0; g < module_.graphs.size(); ++g) {
      for (size_t i = 0; i < module_.graphs[g].values.size(); ++i)
        result_.tensors.push_back(describe_tensor(g, static_cast<ir::ValueId>(i)));
    }
  }

  const LoadedModel& model_;
  const ir::Module& module_;
  const InspectOptions& options_;
  std::map<std::pair<bool, std::string>, OperatorUse> uses_;
  std::set<const Bytes*> read_buffers_;
  InspectResult result_;
};

}  // namespace

namespace {

// Errors behind which there may be a well-formed file.
bool leaves_an_outline(const Error& error) {
  return error.code == ErrorCode::kUnsupported || error.code == ErrorCode::kInvalidModel ||
         error.code == ErrorCode::kInvalidArgument;
}

TensorInfo tensor_of(const formats::Outline::Tensor& tensor, const char* kind) {
  TensorInfo info;
  info.name = tensor.name;
  info.dtype = tensor.dtype;
  info.shape = tensor.shape;
  for (int axis = 0; axis < info.shape.rank(); ++axis) {
    if (info.shape[axis] == kUnknown) info.free_axes.push_back(axis);
  }
  info.kind = kind;
  return info;
}

InspectResult result_of(const formats::Outline& outline, const std::string& path, Error refusal) {
  InspectResult result;
  result.path = path;
  result.format = outline.format;
  result.description = outline.description;
  result.graphs = 1;
  const bool lists_nodes = refusal.message.find('\n') != std::string::npos;
  for (const auto& input : outline.inputs) result.inputs.push_back(tensor_of(input, "input"));
  for (const auto& output : outline.outputs) result.outputs.push_back(tensor_of(output, "output"));
  for (const formats::Outline::Operator& op : outline.operators) {
    result.uses.push_back({op.name, false, op.is_known, op.count, 0, 0, 0});
    result.operators.total += op.count;
    // The refusal may have come before any node was looked at.
    if (!op.is_known && !lists_nodes) result.warnings.push_back(fmt::format("the operator {} is not known", op.name));
  }
  result.operators.floating = result.operators.total;
  if (outline.weights > 0) result.weights.push_back({"all", outline.weights, outline.weight_bytes});
  result.storage = "not known";
  result.refusal = std::move(refusal);
  return result;
}

}  // namespace

Result<InspectResult> inspect(const InspectOptions& options) {
  auto model = read_source(options.model);
  if (model) return Inspection(*model, options).run();
  const bool wants_graph = options.tensors || options.nodes || options.text;
  if (wants_graph || !leaves_an_outline(model.error())) return Failure(std::move(model).error());
  const auto outline = formats::outline_model(options.model.path);
  if (!outline) return Failure(std::move(model).error());
  InspectResult result = result_of(*outline, options.model.path, std::move(model).error());
  PESTLE_ASSIGN(const Bytes file, map_file(options.model.path));
  result.bytes = file.size();
  return result;
}

}  // namespace pestle::flows
