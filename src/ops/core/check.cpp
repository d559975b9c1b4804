#include "ops/core/check.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "ir/label.h"
#include "ops/core/fused_activation.h"
#include "ops/core/registry.h"
#include "ops/core/requantize.h"

namespace pestle::ops {
namespace {

struct Arity {
  int least = 0;
  int most = 0;  // -1: no limit
};

Arity arity_of(const std::vector<OperandDef>& operands) {
  Arity arity;
  for (const OperandDef& operand : operands) {
    if (operand.kind == OperandDef::kRequired || operand.kind == OperandDef::kVariadic) ++arity.least;
    if (operand.kind == OperandDef::kVariadic || operand.kind == OperandDef::kAnyNumber) return {arity.least, -1};
    ++arity.most;
  }
  return arity;
}

Status check_count(const OpDef& def, int count, const std::vector<OperandDef>& operands, const char* what) {
  const Arity arity = arity_of(operands);
  if (count >= arity.least && (arity.most < 0 || count <= arity.most)) return {};
  return fail(ErrorCode::kInvalidModel, fmt::format("{} has {} {}, expected {}", def.name, count, what, arity.least));
}

const OperandDef& operand_at(const std::vector<OperandDef>& operands, int i) {
  return operands[std::min<size_t>(i, operands.size() - 1)];
}

// The node of an Inference has outputs only where it stands in a graph.
Status check_arity(const OpDef& def, const Inference& inference) {
  PESTLE_TRY(check_count(def, inference.inputs(), def.inputs, "inputs"));
  PESTLE_TRY(check_count(def, inference.outputs(), def.outputs, "outputs"));
  for (int i = 0; i < inference.inputs(); ++i) {
    const OperandDef& operand = operand_at(def.inputs, i);
    if (!inference.has(i) && operand.kind != OperandDef::kOptional)
      return fail(ErrorCode::kInvalidModel, fmt::format("{} lacks its input {} ({})", def.name, i, operand.name));
  }
  const std::vector<ir::ValueId>& outputs = inference.node().outputs;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const OperandDef& operand = operand_at(def.outputs, static_cast<int>(i));
    if (outputs[i] == ir::kNoValue && operand.kind != OperandDef::kOptional)
      return fail(ErrorCode::kInvalidModel, fmt::format("{} lacks its output {} ({})", def.name, i, operand.name));
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

namespace {

Status check_symmetric(const ir::Type& type, const std::string& operand) {
  if (type.dtype != DType::kInt16 || !has_scale(type) || type.zero_point() == 0) return {};
  return fail(ErrorCode::kInvalidModel,
              fmt::format("{}: has the zero point {}; TFLite's kernel takes int16 codes with the zero point 0 only",
                          operand, type.zero_point()));
}

// What comes of 8-bit codes may use all of int16: SOFTMAX gives shares from code -32768 on.
Status check_symmetric(const NodeView& view) {
  bool reads_int16 = false;
  for (int i = 0; i < view.inputs(); ++i) {
    if (!view.has_input(i)) continue;
    reads_int16 = reads_int16 || view.input(i).dtype == DType::kInt16;
    PESTLE_TRY(check_symmetric(view.input(i), fmt::format("input {} \"{}\"", i, view.input_value(i).name)));
  }
  if (!reads_int16) return {};
  for (int i = 0; i < view.outputs(); ++i) {
    if (view.has_output(i)) PESTLE_TRY(check_symmetric(view.output(i), fmt::format("output {}", i)));
  }
  return {};
}

}  // namespace

namespace {

// What is written must be memory of the graph's own: never a constant, which may lie in a file.
Status check_state(const OpDef& def, const NodeView& view) {
  for (int i = 0; i < view.inputs() && i < static_cast<int>(def.inputs.size()); ++i) {
    if (!def.inputs[i].is_state || !view.has_input(i)) continue;
    const ir::Value& value = view.input_value(i);
    if (value.is_variable && !value.is_constant()) continue;
    return fail(ErrorCode::kInvalidModel,
                fmt::format("input {} \"{}\" is the state of {} and must be a variable", i, value.name, def.name));
  }
  return {};
}

}  // namespace

Status check_quantization(const OpDef& def, const NodeView& view) {
  PESTLE_TRY(check_state(def, view));
  if (def.quantization.symmetric_int16) PESTLE_TRY(check_symmetric(view));
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
    if (!view.has_output(i)) continue;
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
  for (ir::ValueId id : node.outputs) declared.push_back(id == ir::kNoValue ? ir::Type{} : graph.values[id].type);
  Inference inference(node, std::move(inputs), std::move(declared));
  inference.set_intermediates(NodeView(graph, node).intermediates());
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
  for (const ir::Node& node : graph.nodes) {
    if (Status status = check_node(graph, node); !status)
      return in_context(std::move(status).error(), ir::label(graph, node));
  }
  return {};
}

}  // namespace pestle::ops
