#include "quant/choose_integer.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ops/core/registry.h"
#include "quant/check_plan.h"

namespace pestle::quant {
namespace {

// Sets of values that must be stored alike, with union by path halving.
class Groups {
 public:
  explicit Groups(size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), size_t{0}); }
  size_t find(size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(size_t a, size_t b) { parent_[find(b)] = find(a); }

 private:
  std::vector<size_t> parent_;
};

class IntegerChooser {
 public:
  IntegerChooser(const ir::Graph& graph, const IntegerChoice& choice, GraphPlan& plan)
      : graph_(graph), choice_(choice), plan_(plan), groups_(graph.values.size()), fixed_(graph.values.size()) {}

  Status run() {
    for (size_t n = 0; n < graph_.nodes.size(); ++n) judge(n);
    for (size_t n = 0; n < graph_.nodes.size(); ++n) {
      if (is_integer(n)) fix_operands(n);
    }
    for (size_t n = 0; n < graph_.nodes.size(); ++n) {
      if (is_integer(n)) pass_on_fixed(n);
    }
    for (size_t n = 0; n < graph_.nodes.size(); ++n) {
      if (is_integer(n)) join_operands(n);
    }
    unite_ranges();
    for (size_t n = 0; n < graph_.nodes.size(); ++n) {
      if (is_integer(n)) widen_collapsed(n);
    }
    if (choice_.options.input_storage && graph_.inputs.size() == 1)
      fixed_[graph_.inputs[0]] = choice_.options.input_storage;
    for (size_t n = 0; n < graph_.nodes.size(); ++n) {
      if (is_integer(n)) store_activations(n);
    }
    for (size_t n = 0; n < graph_.nodes.size(); ++n) {
      if (is_integer(n)) store_shared(n);
      if (is_integer(n)) store_states(n);
      if (is_integer(n)) store_intermediates(n);
      if (is_integer(n)) PESTLE_TRY(store_constants(n));
    }
    choose_boundary();
    return {};
  }

 private:
  bool is_integer(size_t n) const { return plan_.nodes[n].treatment == Treatment::kInteger; }
  bool is_float_activation(ir::ValueId id) const {
    return id != ir::kNoValue && !graph_.values[id].is_constant() && graph_.values[id].type.dtype == DType::kFloat32;
  }

  // Calls body(value, rule) for every float activation of a node that its rule quantizes.
  template <typename Body>
  void for_activations(size_t n, Body body) const {
    const ir::Node& node = graph_.nodes[n];
    const ops::QuantRule& rule = ops::find(node)->quantization;
    for (int i = 0; i < static_cast<int>(node.inputs.size()); ++i) {
      const ops::OperandRule& operand = ops::rule_of(rule.inputs, i);
      const bool counts = operand.role != ops::Role::kNone && operand.role != ops::Role::kState;
      if (is_float_activation(node.inputs[i]) && counts) body(node.inputs[i], operand);
    }
    for (int i = 0; i < static_cast<int>(node.outputs.size()); ++i) {
      const ops::OperandRule& operand = ops::rule_of(rule.outputs, i);
      if (is_float_activation(node.outputs[i]) && operand.role != ops::Role::kNone) body(node.outputs[i], operand);
    }
  }

  void stay_float(size_t n, std::string reason) {
    plan_.nodes[n].treatment = Treatment::kFloat;
    plan_.nodes[n].reason = std::move(reason);
  }

  bool touches_floats(const ir::Node& node) const {
    const auto real = [this](ir::ValueId id) {
      return id != ir::kNoValue && graph_.values[id].type.dtype == DType::kFloat32;
    };
    return std::any_of(node.inputs.begin(), node.inputs.end(), real) ||
           std::any_of(node.outputs.begin(), node.outputs.end(), real);
  }

  void judge(size_t n) {
    const ir::Node& node = graph_.nodes[n];
    const ops::OpDef* def = ops::find(node);
    const bool int16 = choice_.mode.activations == DType::kInt16;
    if (!touches_floats(node)) {
      plan_.nodes[n].treatment = Treatment::kNeutral;
    } else if (choice_.keep_float[n]) {
      stay_float(n, "kept float by `keep_float`");
    } else if (def == nullptr || !(int16 ? def->quantization.int16 : def->quantization.int8)) {
      stay_float(n, fmt::format("{} has no {} kernel", node.op, dtype_name(choice_.mode.activations)));
    } else if (const std::string reason = obstacle(n); !reason.empty()) {
      stay_float(n, reason);
    } else {
      plan_.nodes[n].treatment = Treatment::kInteger;
    }
  }

  // Why a node whose operator has an integer kernel cannot use it here; empty if it can.
  std::string obstacle(size_t n) const {
    const ir::Node& node = graph_.nodes[n];
    const ops::QuantRule& rule = ops::find(node)->quantization;
    if (const char* reason = rule.obstacle != nullptr ? rule.obstacle(node) : nullptr) return reason;
    for (int i = 0; i < static_cast<int>(node.inputs.size()); ++i) {
      const ir::ValueId id = node.inputs[i];
      const ops::Role role = ops::rule_of(rule.inputs, i).role;
      if (role == ops::Role::kState && !choice_.statistics[id].seen())
        return fmt::format("its state \"{}\" was never computed on the samples", graph_.values[id].name);
      if (id != ir::kNoValue && (role == ops::Role::kWeight || role == ops::Role::kBias) &&
          !graph_.values[id].is_constant()) {
        return fmt::format("its input {} must be a constant", i);
      }
    }
    std::string reason;
    for_activations(n, [&](ir::ValueId id, const ops::OperandRule& operand) {
      if (operand.role != ops::Role::kFixed && !choice_.statistics[id].seen()) {
        reason = fmt::format("\"{}\" was never computed on the samples", graph_.values[id].name);
      }
    });
    return reason;
  }

  Storage fixed(const ops::FixedParameters& p) const {
    if (choice_.mode.activations == DType::kInt16) return fixed_storage(DType::kInt16, p.int16_scale, 0);
    return fixed_storage(DType::kInt8, p.int8_scale, p.int8_zero_point);
  }

  // Prescribed parameters first, since values that have them join no group: they stay what their kernel says, and a
  // reader that wants others gets them converted (store_shared).
  void fix_operands(size_t n) {
    for_activations(n, [&](ir::ValueId id, const ops::OperandRule& operand) {
      if (operand.role == ops::Role::kFixed) fixed_[id] = fixed(operand.fixed);
    });
  }

  // Where all inputs that a node shares with its outputs are prescribed alike (RESHAPE of a SOFTMAX), so are the
  // outputs.
  void pass_on_fixed(size_t n) {
    const std::optional<Storage>* common = nullptr;
    bool alike = true;
    for_shared_inputs(n, [&](int, ir::ValueId id) {
      alike = alike && fixed_[id] && (common == nullptr || **common == *fixed_[id]);
      common = &fixed_[id];
    });
    if (common == nullptr || !alike) return;
    for (ir::ValueId id : graph_.nodes[n].outputs) {
      if (is_float_activation(id) && !fixed_[id]) fixed_[id] = *common;
    }
  }

  void join_operands(size_t n) {
    ir::ValueId shared = ir::kNoValue;
    for_activations(n, [&](ir::ValueId id, const ops::OperandRule& operand) {
      if (operand.role != ops::Role::kShared || fixed_[id]) return;
      if (shared == ir::kNoValue) shared = id;
      groups_.join(static_cast<size_t>(shared), static_cast<size_t>(id));
    });
  }

  // Calls body(input, value) for the float activations among the inputs that a node shares with its outputs.
  template <typename Body>
  void for_shared_inputs(size_t n, Body body) const {
    const ir::Node& node = graph_.nodes[n];
    const ops::QuantRule& rule = ops::find(node)->quantization;
    for (int i = 0; i < static_cast<int>(node.inputs.size()); ++i) {
      const bool shared = ops::rule_of(rule.inputs, i).role == ops::Role::kShared;
      if (shared && is_float_activation(node.inputs[i])) body(i, node.inputs[i]);
    }
  }

  // An input that is stored otherwise than the output it shares its parameters with is converted for this reader.
  void store_shared(size_t n) {
    const ir::ValueId output = graph_.nodes[n].outputs[0];
    if (!plan_.values[output]) return;
    for_shared_inputs(n, [&](int input, ir::ValueId id) {
      if (!(*plan_.values[id] == *plan_.values[output])) plan_.nodes[n].operands[input] = *plan_.values[output];
    });
  }

  // States have no other readers: their storage stands with the node.
  void store_states(size_t n) {
    const ir::Node& node = graph_.nodes[n];
    const ops::QuantRule& rule = ops::find(node)->quantization;
    for (int i = 0; i < static_cast<int>(node.inputs.size()); ++i) {
      const ops::OperandRule& operand = ops::rule_of(rule.inputs, i);
      if (operand.role != ops::Role::kState) continue;
      const bool as_output = operand.dtype == DType::kFloat32;
      const Range range = choice_.statistics[node.inputs[i]].range(choice_.observer);
      plan_.nodes[n].operands[i] =
          as_output ? *plan_.values[node.outputs[0]] : state_storage(range, operand.dtype, operand.power_of_two);
    }
  }

  void store_intermediates(size_t n) {
    const ir::Node& node = graph_.nodes[n];
    const auto seen = [&](size_t i) -> const ValueStatistics* {
      if (n >= choice_.intermediates.size() || i >= choice_.intermediates[n].size()) return nullptr;
      return choice_.intermediates[n][i].seen() ? &choice_.intermediates[n][i] : nullptr;
    };
    for (const ops::IntermediateRule& rule : ops::find(node)->quantization.intermediates) {
      std::vector<Storage>& own = plan_.nodes[n].intermediates;
      if (const ValueStatistics* statistics = seen(own.size())) {
        own.push_back(symmetric_storage(statistics->range(choice_.observer), rule.dtype));
      } else {
        own.push_back(rule.scale > 0 ? fixed_storage(rule.dtype, rule.scale, 0) : *plan_.values[node.outputs[0]]);
      }
    }
  }

  // The union of the ranges of each group's members, at the group's root.
  void unite_ranges() {
    ranges_.resize(graph_.values.size());
    for (size_t id = 0; id < graph_.values.size(); ++id) {
      Range& range = ranges_[groups_.find(id)];
      const Range one = choice_.statistics[id].range(choice_.observer);
      range = {std::min(range.low, one.low), std::max(range.high, one.high)};
    }
  }

  // A layer whose sums are counted in steps more than kMostRescaling times as fine as those of its output is refused or
  // computed otherwise by delegates: what it gives is nearly nothing, and its range is widened until they agree.
  void widen_collapsed(size_t n) {
    constexpr double kMostRescaling = 255;
    const ir::Node& node = graph_.nodes[n];
    const auto operands = ops::linear_operands(*ops::find(node));
    if (!operands) return;
    const ir::ValueId input = node.inputs[operands->input], weights = node.inputs[operands->weights];
    const ir::ValueId output = node.outputs[0];
    if (!is_float_activation(input) || !is_float_activation(output) || fixed_[output]) return;
    if (!graph_.values[weights].is_constant() || graph_.values[weights].type.dtype != DType::kFloat32) return;
    const float input_scale = fixed_[input] ? fixed_[input]->scale[0] : storage_of_group(groups_.find(input)).scale[0];
    const float weight_scale = weight_storage(graph_.constant(weights), DType::kInt8, -1).scale[0];
    const double least = static_cast<double>(input_scale) * static_cast<double>(weight_scale) / kMostRescaling;
    const size_t root = groups_.find(static_cast<size_t>(output));
    if (static_cast<double>(storage_of_group(root).scale[0]) >= least) return;
    const double steps = choice_.mode.activations == DType::kInt16 ? 32768 : 256;
    ranges_[root].high = static_cast<float>(static_cast<double>(ranges_[root].low) + least * steps);
  }

  // One storage for a whole group.
  Storage storage_of_group(size_t root) const { return activation_storage(ranges_[root], choice_.mode.activations); }

  void store_activations(size_t n) {
    for_activations(n, [&](ir::ValueId id, const ops::OperandRule&) {
      const size_t root = groups_.find(static_cast<size_t>(id));
      if (plan_.values[id]) return;
      if (fixed_[id]) {
        plan_.values[id] = fixed_[id];
      } else if (root == static_cast<size_t>(id)) {
        plan_.values[id] = storage_of_group(root);
      } else {
        if (!plan_.values[root]) plan_.values[root] = storage_of_group(root);
        plan_.values[id] = plan_.values[root];
      }
    });
  }

  // Weights first, since biases take their scales; then biases; then constants that the kernel sees as activations.
  Status store_constants(size_t n) {
    const ir::Node& node = graph_.nodes[n];
    const ops::QuantRule& rule = ops::find(node)->quantization;
    NodePlan& plan = plan_.nodes[n];
    for (const ops::Role role : {ops::Role::kWeight, ops::Role::kActivation, ops::Role::kShared, ops::Role::kBias}) {
      for (int i = 0; i < static_cast<int>(node.inputs.size()); ++i) {
        const ir::ValueId id = node.inputs[i];
        const ops::OperandRule& operand = ops::rule_of(rule.inputs, i);
        if (id == ir::kNoValue || operand.role != role || !graph_.values[id].is_constant()) continue;
        if (graph_.values[id].type.dtype != DType::kFloat32) continue;
        PESTLE_TRY(check_finite(graph_, id));
        plan.operands[i] = constant_storage(node, plan, id, operand);
      }
    }
    return {};
  }

  Storage constant_storage(const ir::Node& node, NodePlan& plan, ir::ValueId id, const ops::OperandRule& operand) {
    switch (operand.role) {
      case ops::Role::kWeight:
        if (operand.dtype != DType::kFloat32)
          return weight_storage(graph_.constant(id), operand.dtype, operand.axis, operand.magnitude_bits);
        return weight_storage(graph_.constant(id), DType::kInt8, choice_.options.per_tensor ? -1 : operand.axis);
      case ops::Role::kBias: return bias_storage(node, plan, id, operand.bias);
      case ops::Role::kShared: return *plan_.values[node.outputs[0]];
      default: {
        const auto values = graph_.constant(id).values<float>();
        Range range;
        for (float value : values) range = {std::min(range.low, value), std::max(range.high, value)};
        return activation_storage(range, choice_.mode.activations);
      }
    }
  }

  float factor_scale(const ir::Node& node, const NodePlan& plan, const ops::BiasFactors& factors) const {
    if (factors.intermediate >= 0) return plan.intermediates[factors.intermediate].scale[0];
    const auto own = plan.operands.find(factors.data);
    return own != plan.operands.end() ? own->second.scale[0] : plan_.values[node.inputs[factors.data]]->scale[0];
  }

  // Scales of input and weights multiplied. Where an int32 bias would take more than half of its range, the channel's
  // weight scale is raised until it does not (docs/semantics.md#bias).
  Storage bias_storage(const ir::Node& node, NodePlan& plan, ir::ValueId id, ops::BiasFactors factors) {
    if (factors.weights < 0) {
      const ops::LinearOperands operands = *ops::linear_operands(*ops::find(node));
      factors = {operands.input, operands.weights};
    }
    constexpr float kNormStep = 1.0f / 1024;
    const auto norm = plan.operands.find(factors.norm);
    const float input_scale = norm != plan.operands.end() ? kNormStep : factor_scale(node, plan, factors);
    Storage& weights = norm != plan.operands.end() ? norm->second : plan.operands[factors.weights];
    const bool wide = choice_.mode.activations == DType::kInt16;
    const auto bias = graph_.constant(id).values<float>();
    constexpr double kHalfRange = 2147483647.0 / 2;
    if (!wide) {
      for (size_t c = 0; c < bias.size(); ++c) {
        float& scale = weights.scale[weights.scale.size() > 1 ? c : 0];
        const double least = std::fabs(static_cast<double>(bias[c])) / kHalfRange / input_scale;
        if (static_cast<double>(scale) < least) scale = std::nextafter(static_cast<float>(least), INFINITY);
      }
    }
    Storage storage{wide ? DType::kInt64 : DType::kInt32, {}, std::vector<int64_t>(weights.scale.size(), 0), 0};
    for (float scale : weights.scale) storage.scale.push_back(input_scale * scale);
    return storage;
  }

  void choose_boundary() {
    const DType io = choice_.options.io.value_or(choice_.mode.io);
    const auto boundary = [&](ir::ValueId id) -> Storage {
      if (io == DType::kFloat32 || !plan_.values[id]) return {};
      Storage storage = *plan_.values[id];
      if (io == DType::kUInt8) {
        storage.dtype = DType::kUInt8;
        storage.zero_point[0] += 128;
      }
      return storage;
    };
    for (size_t i = 0; i < graph_.inputs.size(); ++i) plan_.inputs[i] = boundary(graph_.inputs[i]);
    for (size_t i = 0; i < graph_.outputs.size(); ++i) plan_.outputs[i] = boundary(graph_.outputs[i]);
  }

  const ir::Graph& graph_;
  const IntegerChoice& choice_;
  GraphPlan& plan_;
  Groups groups_;
  std::vector<std::optional<Storage>> fixed_;
  std::vector<Range> ranges_;  // by root of a group
};

}  // namespace

Status choose_integer(const ir::Graph& graph, const IntegerChoice& choice, GraphPlan& plan) {
  return IntegerChooser(graph, choice, plan).run();
}

}  // namespace pestle::quant
