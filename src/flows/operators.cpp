#include "flows/operators.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "ops/core/registry.h"

namespace pestle::flows {
namespace {

const char* kind_name(ops::OperandDef::Kind kind) {
  switch (kind) {
    case ops::OperandDef::kRequired: return "required";
    case ops::OperandDef::kOptional: return "optional";
    case ops::OperandDef::kVariadic: return "variadic";
    case ops::OperandDef::kAnyNumber: return "any number";
  }
  return "";
}

std::string type_names(ops::DTypeSet set) {
  std::vector<std::string> names;
  for (int i = 0; i < kDTypeCount; ++i) {
    if (set.has(static_cast<DType>(i))) names.emplace_back(dtype_name(static_cast<DType>(i)));
  }
  return join(names, "|");
}

std::vector<std::string> type_lists(const std::vector<ops::DTypeSet>& sets) {
  std::vector<std::string> lists;
  for (ops::DTypeSet set : sets) lists.push_back(type_names(set));
  return lists;
}

std::string rule_text(const ops::OperandRule& rule) {
  switch (rule.role) {
    case ops::Role::kNone: return "";
    case ops::Role::kActivation: return "a scale and zero point of its own";
    case ops::Role::kShared: return "the same scale and zero point as the other shared operands";
    case ops::Role::kFixed:
      return fmt::format("int8: scale {}, zero point {}; int16: scale {}, zero point 0", rule.fixed.int8_scale,
                         rule.fixed.int8_zero_point, rule.fixed.int16_scale);
    case ops::Role::kWeight:
      if (rule.dtype != DType::kFloat32)
        return fmt::format("symmetric weights in {}, one scale", dtype_name(rule.dtype));
      return rule.axis < 0 ? "symmetric weights, one scale"
                           : fmt::format("symmetric weights, one scale a slice of axis {}", rule.axis);
    case ops::Role::kBias:
      return fmt::format("int32 (int64 beside int16), scale of input {} times scale of input {}",
                         std::max(rule.bias.data, 0), rule.bias.weights < 0 ? 1 : rule.bias.weights);
    case ops::Role::kState:
      if (rule.dtype == DType::kFloat32) return "as output 0";
      return fmt::format("{}, symmetric{}", dtype_name(rule.dtype), rule.power_of_two ? ", scale a power of two" : "");
  }
  return "";
}

std::vector<OperandInfo> operands(const std::vector<ops::OperandDef>& defs, const std::vector<ops::OperandRule>& rules,
                                  bool quantizable) {
  std::vector<OperandInfo> infos;
  for (size_t i = 0; i < defs.size(); ++i) {
    infos.push_back({defs[i].name, kind_name(defs[i].kind),
                     quantizable ? rule_text(ops::rule_of(rules, static_cast<int>(i))) : ""});
  }
  return infos;
}

const char* layout_text(ops::LayoutKind kind) {
  switch (kind) {
    case ops::LayoutKind::kBlocks: return "needs its operands in the order of axes they are in";
    case ops::LayoutKind::kFree: return "elementwise: a TRANSPOSE moves through freely";
    case ops::LayoutKind::kBroadcast:
      return "elementwise with broadcasting: a TRANSPOSE moves through when all operands follow";
    case ops::LayoutKind::kRemaps: return "a TRANSPOSE moves through by changing axes and constants";
  }
  return "";
}

std::vector<std::string> traits_of(const ops::Traits& traits) {
  std::vector<std::string> names;
  if (traits.has_side_effects) names.emplace_back("has side effects");
  if (traits.is_random) names.emplace_back("random");
  if (traits.output_may_share_input) names.emplace_back("may write over its input");
  if (traits.is_copy) names.emplace_back("moves bytes unchanged");
  if (traits.depends_on_shape_only) names.emplace_back("reads only the shape of its input");
  if (traits.locality == ops::Locality::kElement) names.emplace_back("element by element");
  if (traits.locality == ops::Locality::kRow) names.emplace_back("row by row");
  if (traits.applies_activation) names.emplace_back("takes an activation in");
  if (traits.wants_bias) names.emplace_back("gets a bias where it has none");
  if (traits.is_conversion) names.emplace_back("changes how numbers are stored");
  if (traits.is_nonnegative) names.emplace_back("result not negative");
  return names;
}

std::vector<std::string> modes_of(const ops::OpDef& def) {
  std::vector<std::string> modes;
  const bool floating = std::any_of(def.types.begin(), def.types.end(), [](const ops::TypeRow& row) {
    return !row.inputs.empty() && row.inputs[0].has(DType::kFloat32);
  });
  if (floating) modes.emplace_back("float32");
  if (def.quantization.int8) modes.emplace_back("int8");
  if (def.quantization.int16) modes.emplace_back("int16x8");
  if (def.quantization.hybrid_weight >= 0) modes.emplace_back("dynamic");
  return modes;
}

std::string dynamic_text(const ops::OpDef& def) {
  const ops::QuantRule& rule = def.quantization;
  if (rule.hybrid_weight < 0) return "";
  if (rule.hybrid_together) return "int8 weights in all operands that have weights, one scale a tensor";
  return fmt::format("int8 weights in {}, one scale a {}", def.inputs[rule.hybrid_weight].name,
                     rule.hybrid_per_channel ? "channel" : "tensor");
}

OperatorInfo info_of(const ops::OpDef& def) {
  OperatorInfo info;
  info.name = def.name;
  info.code = def.code;
  info.options_record = def.options_record;
  info.summary = def.summary;
  const bool quantizable = def.quantization.int8 || def.quantization.int16;
  info.inputs = operands(def.inputs, def.quantization.inputs, quantizable);
  info.outputs = operands(def.outputs, def.quantization.outputs, quantizable);
  for (const ops::OptionInfo& option : def.options) info.options.push_back({option.name, option.kind, option.fallback});
  for (const ops::TypeRow& row : def.types) {
    info.types.push_back({row.name, type_lists(row.inputs), type_lists(row.outputs), row.version});
    info.newest_version = std::max(info.newest_version, row.version);
  }
  info.modes = modes_of(def);
  info.dynamic_range = dynamic_text(def);
  info.layout = layout_text(def.layout.kind);
  info.traits = traits_of(def.traits);
  return info;
}

}  // namespace

std::vector<OperatorInfo> operators() {
  std::vector<OperatorInfo> infos;
  for (const ops::OpDef* def : ops::all()) infos.push_back(info_of(*def));
  return infos;
}

Result<OperatorInfo> find_operator(const std::string& name) {
  std::string upper = name;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (const ops::OpDef* def = ops::find(upper)) return info_of(*def);
  if (const ops::OpDef* def = ops::find(name)) return info_of(*def);
  std::vector<std::string> names;
  for (const ops::OpDef* def : ops::all()) names.emplace_back(def->name);
  const std::vector<std::string> near = nearest_words(upper, names, 3);
  return fail(ErrorCode::kInvalidArgument, fmt::format("there is no operator {}", name),
              near.empty() ? "pestle ops lists all of them" : "did you mean " + join(near, ", ") + "?");
}

}  // namespace pestle::flows
