#include "ops/core/registry.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "ops/core/fused_activation.h"

namespace pestle::ops {

#define PESTLE_ITEM(stem) const OpDef& op_##stem();
#include "pestle_lists/ops.inc"
#undef PESTLE_ITEM

namespace {

std::vector<const OpDef*> load() {
  std::vector<const OpDef*> defs = {
#define PESTLE_ITEM(stem) &op_##stem(),
#include "pestle_lists/ops.inc"
#undef PESTLE_ITEM
  };
  std::sort(defs.begin(), defs.end(),
            [](const OpDef* a, const OpDef* b) { return std::string_view(a->name) < b->name; });
  return defs;
}

bool row_matches(const std::vector<DTypeSet>& row, const std::vector<const ir::Type*>& types) {
  for (size_t i = 0; i < types.size(); ++i) {
    if (types[i] == nullptr) continue;
    if (row.empty() || !row[std::min(i, row.size() - 1)].has(types[i]->dtype)) return false;
  }
  return true;
}

struct Arity {
  int least = 0;
  int most = 0;  // -1: no limit
};

Arity arity_of(const std::vector<OperandDef>& operands) {
  Arity arity;
  for (const OperandDef& operand : operands) {
    if (operand.kind != OperandDef::kOptional) ++arity.least;
    ++arity.most;
  }
  if (!operands.empty() && operands.back().kind == OperandDef::kVariadic) arity.most = -1;
  return arity;
}

Status check_arity(const OpDef& def, const Inference& inference) {
  const Arity in = arity_of(def.inputs);
  if (inference.inputs() < in.least || (in.most >= 0 && inference.inputs() > in.most)) {
    return fail(ErrorCode::kInvalidModel,
                fmt::format("{} has {} inputs, expected {}", def.name, inference.inputs(), in.least));
  }
  const Arity out = arity_of(def.outputs);
  if (inference.outputs() < out.least || (out.most >= 0 && inference.outputs() > out.most)) {
    return fail(ErrorCode::kInvalidModel,
                fmt::format("{} has {} outputs, expected {}", def.name, inference.outputs(), out.least));
  }
  for (int i = 0; i < inference.inputs(); ++i) {
    const OperandDef& operand = def.inputs[std::min<size_t>(i, def.inputs.size() - 1)];
    if (!inference.has(i) && operand.kind != OperandDef::kOptional) {
      return fail(ErrorCode::kInvalidModel, fmt::format("{} lacks its input {} ({})", def.name, i, operand.name));
    }
  }
  return {};
}

std::string type_list(const Inference& inference) {
  std::string text;
  for (int i = 0; i < inference.inputs(); ++i) {
    if (i > 0) text += ", ";
    text += inference.has(i) ? dtype_name(inference.dtype(i)) : "none";
  }
  return text;
}

}  // namespace

std::span<const OpDef* const> all() {
  static const std::vector<const OpDef*> defs = load();
  return defs;
}

const OpDef* find(std::string_view name) {
  static const auto index = [] {
    std::unordered_map<std::string_view, const OpDef*> map;
    for (const OpDef* def : all()) map.emplace(def->name, def);
    return map;
  }();
  const auto it = index.find(name);
  return it == index.end() ? nullptr : it->second;
}

const OpDef* find(const ir::Node& node) {
  const OpDef* def = find(node.op);
  return def != nullptr && (def->code == kCustomCode) == node.is_custom ? def : nullptr;
}

std::optional<LinearOperands> linear_operands(const OpDef& def) {
  int found[3] = {-1, -1, -1};
  constexpr Role kRoles[3] = {Role::kActivation, Role::kWeight, Role::kBias};
  for (int i = 0; i < static_cast<int>(def.quantization.inputs.size()); ++i) {
    for (int r = 0; r < 3; ++r) {
      if (found[r] < 0 && def.quantization.inputs[i].role == kRoles[r]) found[r] = i;
    }
  }
  if (found[0] < 0 || found[1] < 0 || found[2] < 0) return std::nullopt;
  return LinearOperands{found[0], found[1], found[2]};
}

const OperandRule& rule_of(const std::vector<OperandRule>& rules, int i) {
  if (rules.empty()) return kNoRule;
  return rules[std::min<size_t>(i, rules.size() - 1)];
}

const TypeRow* match_types(const OpDef& def, const std::vector<const ir::Type*>& inputs,
                           const std::vector<const ir::Type*>& outputs) {
  for (const TypeRow& row : def.types) {
    if (row_matches(row.inputs, inputs) && row_matches(row.outputs, outputs)) return &row;
  }
  return nullptr;
}

const TypeRow* match_types(const OpDef& def, const NodeView& view) {
  std::vector<const ir::Type*> inputs, outputs;
  for (int i = 0; i < view.inputs(); ++i) inputs.push_back(view.has_input(i) ? &view.input(i) : nullptr);
  for (int i = 0; i < view.outputs(); ++i) outputs.push_back(&view.output(i));
  return match_types(def, inputs, outputs);
}

Status infer_node(const OpDef& def, Inference& inference) {
  PESTLE_TRY(check_arity(def, inference));
  std::vector<const ir::Type*> inputs;
  for (int i = 0; i < inference.inputs(); ++i) inputs.push_back(inference.has(i) ? &inference.type(i) : nullptr);
  if (match_types(def, inputs, {}) == nullptr) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("{} has no kernel for the types ({})", def.name, type_list(inference)));
  }
  return def.infer(inference);
}

namespace {

Status check_scales(const ir::Type& type, const OperandRule& rule) {
  if (!type.is_quantized()) return fail(ErrorCode::kInvalidModel, "is stored in integers but has no scale");
  if (type.quantization->blocks)
    return fail(ErrorCode::kUnsupported, "has a scale a block, which no kernel here reads");
  const ir::Quantization& q = *type.quantization;
  if (q.zero_point.size() != q.scale.size()) {
    return fail(ErrorCode::kInvalidModel,
                fmt::format("has {} scales and {} zero points", q.scale.size(), q.zero_point.size()));
  }
  if (q.per_channel() &&
      (q.axis < 0 || q.axis >= type.shape.rank() || type.shape[q.axis] != static_cast<int64_t>(q.scale.size()))) {
    return fail(ErrorCode::kInvalidModel,
                fmt::format("has {} scales along axis {} of {}", q.scale.size(), q.axis, to_string(type.shape)));
  }
  if (q.per_channel() && rule.role == Role::kWeight && q.axis != rule.axis) {
    return fail(ErrorCode::kInvalidModel,
                fmt::format("has scales along axis {}, its channels lie along axis {}", q.axis, rule.axis));
  }
  const CodeRange range = code_range(type.dtype == DType::kInt4 ? DType::kInt8 : type.dtype);
  for (size_t i = 0; i < q.scale.size(); ++i) {
    if (!(q.scale[i] >= 0.0f) || !std::isfinite(q.scale[i]))
      return fail(ErrorCode::kInvalidModel, "has a scale that is not a number");
    if (q.zero_point[i] < range.low || q.zero_point[i] > range.high) {
      return fail(ErrorCode::kInvalidModel, fmt::format("has the zero point {} outside its type", q.zero_point[i]));
    }
  }
  return {};
}

// Operators that only move codes (kShared) also take plain integers without scales.
bool needs_scales(const OperandRule& rule, const ir::Type& type) {
  if (!is_quantized_storage(type.dtype) || rule.role == Role::kNone || rule.role == Role::kBias) return false;
  return rule.role != Role::kShared || type.is_quantized();
}

}  // namespace

Status check_quantization(const OpDef& def, const NodeView& view) {
  if (!def.quantization.int8 && !def.quantization.int16) return {};
  for (int i = 0; i < view.inputs(); ++i) {
    if (!view.has_input(i)) continue;
    const OperandRule& rule = rule_of(def.quantization.inputs, i);
    if (!needs_scales(rule, view.input(i))) continue;
    if (Status status = check_scales(view.input(i), rule); !status) {
      return in_context(std::move(status).error(), fmt::format("input {} \"{}\"", i, view.input_value(i).name));
    }
  }
  for (int i = 0; i < view.outputs(); ++i) {
    const OperandRule& rule = rule_of(def.quantization.outputs, i);
    if (!needs_scales(rule, view.output(i))) continue;
    if (Status status = check_scales(view.output(i), rule); !status)
      return in_context(std::move(status).error(), fmt::format("output {}", i));
  }
  return {};
}

namespace {

// Contents of sparse constants are not in the order of their shape: they count as unknown.
KnownOperand known_operand(const ir::Graph& graph, ir::ValueId id) {
  if (id == ir::kNoValue) return {};
  const ir::Value& value = graph.values[id];
  return {&value.type, value.is_constant() && !value.sparsity ? value.data->data() : nullptr};
}

}  // namespace

Result<std::vector<ir::Type>> infer_types(const OpDef& def, const ir::Graph& graph, const ir::Node& node) {
  std::vector<KnownOperand> inputs;
  for (ir::ValueId id : node.inputs) inputs.push_back(known_operand(graph, id));
  std::vector<ir::Type> declared;
  for (ir::ValueId id : node.outputs) declared.push_back(graph.values[id].type);
  Inference inference(node, std::move(inputs), std::move(declared));
  PESTLE_TRY(infer_node(def, inference));
  return inference.take_outputs();
}

Status check_node(const ir::Graph& graph, const ir::Node& node) {
  const OpDef* def = find(node);
  if (def == nullptr) return {};
  PESTLE_TRY(infer_types(*def, graph, node));
  return check_quantization(*def, NodeView(graph, node));
}

Status check_graph(const ir::Graph& graph) {
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const ir::Node& node = graph.nodes[n];
    const OpDef* def = find(node);
    if (def == nullptr) continue;
    if (auto types = infer_types(*def, graph, node); !types) {
      return in_context(std::move(types).error(), fmt::format("node {} ({})", n, node.op));
    }
  }
  return {};
}

}  // namespace pestle::ops
