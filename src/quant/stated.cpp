#include "quant/stated.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "ir/fingerprint.h"
#include "ops/core/registry.h"

namespace pestle::quant {
namespace {

constexpr int kCodeShift = 128;  // from int8 codes to uint8 codes

// A value as the graph without conversions has it: which one it stands for, and how it is rounded on the way.
struct Use {
  ir::ValueId root = ir::kNoValue;
  std::optional<Storage> rounded;
};

Storage storage_of(const ir::Type& type) {
  return {type.dtype, type.quantization->scale, type.quantization->zero_point, 0};
}

bool is_codes(const ir::Value& value) {
  const ir::Type& type = value.type;
  const bool is_known = type.dtype == DType::kInt8 || type.dtype == DType::kUInt8 || type.dtype == DType::kInt16;
  return is_known && type.is_quantized() && !value.is_constant();
}

bool moves_codes(const ir::Node& node) {
  const ops::OpDef* def = ops::find(node);
  return def != nullptr && ops::rule_of(def->quantization.inputs, 0).role == ops::Role::kShared &&
         ops::rule_of(def->quantization.outputs, 0).role == ops::Role::kShared;
}

bool is_conversion(const ir::Graph& graph, const ir::Node& node) {
  if (!ops::traits_of(node).is_conversion || node.inputs.size() != 1) return false;
  return is_codes(graph.values[node.inputs[0]]) || is_codes(graph.values[node.outputs[0]]);
}

// Every node that reads or makes codes is a conversion per tensor, or moves them.
bool states_reals(const ir::Graph& graph) {
  for (const ir::Node& node : graph.nodes) {
    const auto is_code = [&graph](ir::ValueId id) { return id != ir::kNoValue && is_codes(graph.values[id]); };
    const bool touches = std::any_of(node.inputs.begin(), node.inputs.end(), is_code) ||
                         std::any_of(node.outputs.begin(), node.outputs.end(), is_code);
    if (touches && !is_conversion(graph, node) && !moves_codes(node)) return false;
  }
  return std::all_of(graph.values.begin(), graph.values.end(), [](const ir::Value& value) {
    return !is_codes(value) || value.type.quantization->scale.size() == 1;
  });
}

bool has_asymmetric_weights(const ir::Graph& graph) {
  for (const ir::Node& node : graph.nodes) {
    const ops::OpDef* def = ops::find(node);
    for (size_t i = 0; def != nullptr && i < node.inputs.size(); ++i) {
      const ir::ValueId id = node.inputs[i];
      if (id == ir::kNoValue || graph.values[id].grid == nullptr) continue;
      const auto& zeros = graph.values[id].grid->zero_point;
      const bool is_weight = ops::rule_of(def->quantization.inputs, static_cast<int>(i)).role == ops::Role::kWeight;
      if (is_weight && std::any_of(zeros.begin(), zeros.end(), [](int64_t zero) { return zero != 0; })) return true;
    }
  }
  return false;
}

class StatedReader {
 public:
  StatedReader(const ir::Graph& in, GraphPlan& plan)
      : in_(in), plan_(plan), bytes_(has_asymmetric_weights(in) ? DType::kUInt8 : DType::kInt8) {}

  ir::Graph run() {
    find_uses();
    make_graph();
    plan_.nodes.resize(graph_.nodes.size());
    plan_.values.resize(graph_.values.size());
    find_storages();
    for (size_t n = 0; n < graph_.nodes.size(); ++n) judge(n);
    for (size_t i = 0; i < in_.inputs.size(); ++i) plan_.inputs.push_back(boundary(in_.inputs[i]));
    for (size_t i = 0; i < in_.outputs.size(); ++i) plan_.outputs.push_back(boundary(in_.outputs[i]));
    return std::move(graph_);
  }

 private:
  // Codes of a byte as the plan has all of them.
  Storage in_bytes(Storage storage) const {
    if (storage.dtype == bytes_ || (storage.dtype != DType::kInt8 && storage.dtype != DType::kUInt8)) return storage;
    for (int64_t& zero : storage.zero_point) zero += bytes_ == DType::kUInt8 ? kCodeShift : -kCodeShift;
    storage.dtype = bytes_;
    return storage;
  }

  void find_uses() {
    uses_.resize(in_.values.size());
    for (size_t i = 0; i < uses_.size(); ++i) {
      uses_[i].root = static_cast<ir::ValueId>(i);
      if (is_codes(in_.values[i])) uses_[i].rounded = in_bytes(storage_of(in_.values[i].type));
    }
    for (const ir::Node& node : in_.nodes) {
      if (!is_conversion(in_, node)) continue;
      const Use& from = uses_[node.inputs[0]];
      Use& to = uses_[node.outputs[0]];
      to.root = from.root;
      if (!to.rounded) to.rounded = from.rounded;
    }
  }

  void make_graph() {
    graph_ = in_;
    graph_.nodes.clear();
    for (ir::Value& value : graph_.values) {
      if (is_codes(value)) value.type = {DType::kFloat32, value.type.shape, nullptr};
    }
    for (const ir::Node& node : in_.nodes) {
      if (is_conversion(in_, node)) continue;
      graph_.nodes.push_back(node);
      std::vector<Use> operands;
      for (ir::ValueId& id : graph_.nodes.back().inputs) {
        operands.push_back(id == ir::kNoValue ? Use{} : uses_[id]);
        if (id != ir::kNoValue) id = uses_[id].root;
      }
      operands_.push_back(std::move(operands));
    }
    for (ir::ValueId& id : graph_.outputs) {
      results_.push_back(uses_[id]);
      name_output(id, uses_[id].root);
      id = uses_[id].root;
    }
  }

  // A result keeps its name when the conversion that made it goes.
  void name_output(ir::ValueId old, ir::ValueId root) {
    if (old != root && !ir::is_input(graph_, root) && !graph_.values[root].is_constant())
      std::swap(graph_.values[root].name, graph_.values[old].name);
  }

  // Values that everybody reads rounded alike are stored so; where somebody reads the reals they stay reals.
  void find_storages() {
    std::vector<bool> is_real(graph_.values.size());
    const auto see = [&](const Use& use) {
      if (use.root == ir::kNoValue || graph_.values[use.root].type.dtype != DType::kFloat32) return;
      if (!use.rounded) is_real[use.root] = true;
      if (use.rounded && !plan_.values[use.root]) plan_.values[use.root] = use.rounded;
    };
    for (const auto& operands : operands_) {
      for (const Use& use : operands) see(use);
    }
    for (const Use& use : results_) see(use);
    for (size_t i = 0; i < is_real.size(); ++i) {
      if (is_real[i] || graph_.values[i].is_constant()) plan_.values[i].reset();
    }
  }

  Storage boundary(ir::ValueId id) const {
    return is_codes(in_.values[id]) ? storage_of(in_.values[id].type) : Storage();
  }

  // ---- nodes

  void judge(size_t n) {
    const ir::Node& node = graph_.nodes[n];
    NodePlan& plan = plan_.nodes[n];
    const auto is_real = [this](ir::ValueId id) {
      return id != ir::kNoValue && graph_.values[id].type.dtype == DType::kFloat32;
    };
    if (std::none_of(node.inputs.begin(), node.inputs.end(), is_real) &&
        std::none_of(node.outputs.begin(), node.outputs.end(), is_real)) {
      plan.treatment = Treatment::kNeutral;
      return;
    }
    plan.treatment = Treatment::kInteger;
    plan.reason = make_integer(n, plan);
    if (plan.reason.empty()) return;
    plan.treatment = Treatment::kFloat;
    plan.operands.clear();
    for (ir::ValueId id : node.outputs) {
      if (id != ir::kNoValue) plan_.values[id].reset();
    }
  }

  // Gives the operands their storages; the reason where one has none.
  std::string make_integer(size_t n, NodePlan& plan) {
    const ir::Node& node = graph_.nodes[n];
    const ops::OpDef* def = ops::find(node);
    if (def == nullptr || def->quantization.outputs.empty()) return node.op + " has no integer kernel";
    std::optional<Storage> shared;
    for (const ops::Role role : {ops::Role::kActivation, ops::Role::kShared, ops::Role::kFixed, ops::Role::kWeight}) {
      for (size_t i = 0; i < node.inputs.size(); ++i) {
        const ops::OperandRule& rule = ops::rule_of(def->quantization.inputs, static_cast<int>(i));
        if (node.inputs[i] == ir::kNoValue || rule.role != role) continue;
        const auto storage = operand_storage(n, i, rule);
        if (!storage) return fmt::format("its input {} has no scale in the source", i);
        plan.operands[static_cast<int>(i)] = *storage;
        if (role == ops::Role::kShared) shared = plan.operands.size() == 1 ? storage : std::nullopt;
      }
    }
    const DType activations = plan.operands.empty() ? bytes_ : plan.operands.begin()->second.dtype;
    if (!has_kernel(*def, activations)) return fmt::format("{} has no {} kernel", node.op, dtype_name(activations));
    if (std::string reason = store_outputs(node, *def, shared, plan); !reason.empty()) return reason;
    return store_bias(node, *def, plan);
  }

  static bool has_kernel(const ops::OpDef& def, DType activations) {
    const ops::QuantRule& rule = def.quantization;
    if (activations == DType::kInt16 ? !rule.int16 : !rule.int8) return false;
    return std::any_of(def.types.begin(), def.types.end(), [activations](const ops::TypeRow& row) {
      return !row.outputs.empty() && row.outputs[0].has(activations);
    });
  }

  std::optional<Storage> operand_storage(size_t n, size_t i, const ops::OperandRule& rule) const {
    const Use& use = operands_[n][i];
    const ir::Value& value = graph_.values[use.root];
    if (value.is_constant()) return grid_storage(use.root, rule.role == ops::Role::kWeight ? rule.axis : -1);
    // What a kernel computed with parameters of its own is read as the source rounded it.
    return use.rounded;
  }

  // The storage of a constant on its grid; nothing if its elements do not lie on it.
  std::optional<Storage> grid_storage(ir::ValueId id, int axis) const {
    const ir::Value& value = graph_.values[id];
    if (value.grid == nullptr || value.type.dtype != DType::kFloat32) return std::nullopt;
    Storage storage{DType::kInt8, value.grid->scale, value.grid->zero_point, std::max(axis, 0)};
    const auto slices = static_cast<int64_t>(storage.scale.size());
    if (slices > 1 && (axis < 0 || axis >= value.type.shape.rank() || value.type.shape[axis] != slices))
      return std::nullopt;
    if (!lies_on(graph_.constant(id), storage)) return std::nullopt;
    return in_bytes(std::move(storage));
  }

  static bool lies_on(const ConstTensorView& view, const Storage& storage) {
    constexpr float kTolerance = 1e-3f;
    size_t inner = 1;
    for (int i = storage.axis + 1; i < view.shape.rank(); ++i) inner *= static_cast<size_t>(view.shape[i]);
    const auto values = view.values<float>();
    for (size_t i = 0; i < values.size(); ++i) {
      const size_t slice = i / inner % storage.scale.size();
      const float code = values[i] / storage.scale[slice];
      const auto zero = static_cast<float>(storage.zero_point[slice]);
      if (std::fabs(code - std::round(code)) > kTolerance || code + zero < -128.5f || code + zero > 127.5f)
        return false;
    }
    return true;
  }

  std::string store_outputs(const ir::Node& node, const ops::OpDef& def, const std::optional<Storage>& shared,
                            const NodePlan& plan) {
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      const ir::ValueId id = node.outputs[i];
      const ops::OperandRule& rule = ops::rule_of(def.quantization.outputs, static_cast<int>(i));
      if (id == ir::kNoValue || rule.role == ops::Role::kNone) continue;
      if (!plan_.values[id]) return "its result has no scale in the source, or is read as reals";
      if (rule.role == ops::Role::kFixed) plan_.values[id] = fixed(rule.fixed, plan_.values[id]->dtype);
      if (rule.role == ops::Role::kShared && shared) plan_.values[id] = shared;
    }
    // Several operands that share their parameters with the result take those of the result.
    if (shared || plan.operands.empty()) return {};
    for (auto& [i, storage] : plan_.nodes[&node - graph_.nodes.data()].operands) {
      if (ops::rule_of(def.quantization.inputs, i).role == ops::Role::kShared) storage = *plan_.values[node.outputs[0]];
    }
    return {};
  }

  static Storage fixed(const ops::FixedParameters& fixed, DType dtype) {
    if (dtype == DType::kInt16) return fixed_storage(dtype, fixed.int16_scale, 0);
    const int64_t shift = dtype == DType::kUInt8 ? kCodeShift : 0;
    return fixed_storage(dtype, fixed.int8_scale, fixed.int8_zero_point + shift);
  }

  std::string store_bias(const ir::Node& node, const ops::OpDef& def, NodePlan& plan) const {
    const auto places = ops::linear_operands(def);
    if (!places || places->bias >= static_cast<int>(node.inputs.size()) || node.inputs[places->bias] == ir::kNoValue)
      return {};
    if (!graph_.values[node.inputs[places->bias]].is_constant()) return "its bias must be a constant";
    const Storage& input = plan.operands[places->input];
    const Storage& weights = plan.operands[places->weights];
    Storage bias{input.dtype == DType::kInt16 ? DType::kInt64 : DType::kInt32, {}, {}, 0};
    for (float scale : weights.scale) bias.scale.push_back(scale * input.scale[0]);
    bias.zero_point.assign(bias.scale.size(), 0);
    plan.operands[places->bias] = std::move(bias);
    return {};
  }

  const ir::Graph& in_;
  GraphPlan& plan_;
  const DType bytes_;
  ir::Graph graph_;
  std::vector<Use> uses_;                   // by value of the source
  std::vector<std::vector<Use>> operands_;  // by node and input of the graph without conversions
  std::vector<Use> results_;
};

}  // namespace

bool states_quantization(const ir::Module& module) {
  const auto converts = [](const ir::Graph& graph) {
    return std::any_of(graph.nodes.begin(), graph.nodes.end(),
                       [&graph](const ir::Node& node) { return is_conversion(graph, node); });
  };
  return std::all_of(module.graphs.begin(), module.graphs.end(), states_reals) &&
         std::any_of(module.graphs.begin(), module.graphs.end(), converts);
}

Result<std::optional<Stated>> take_stated(const ir::Module& module) {
  if (!states_quantization(module)) return std::optional<Stated>();
  Stated stated;
  stated.module = module;
  stated.plan.mode = "stated";
  for (size_t g = 0; g < module.graphs.size(); ++g) {
    GraphPlan plan;
    stated.module.graphs[g] = StatedReader(module.graphs[g], plan).run();
    stated.plan.graphs.push_back(std::move(plan));
  }
  for (ir::Signature& signature : stated.module.signatures) {
    const auto& before = module.graphs[signature.graph].outputs;
    for (ir::Signature::Entry& entry : signature.outputs) {
      const auto at = std::find(before.begin(), before.end(), entry.value);
      if (at != before.end()) entry.value = stated.module.graphs[signature.graph].outputs[at - before.begin()];
    }
  }
  stated.plan.fingerprint = ir::structure_fingerprint(stated.module);
  return std::optional(std::move(stated));
}

}  // namespace pestle::quant
