#include "formats/core/emitter.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <limits>
#include <numeric>

#include "ops/core/check.h"
#include "ops/core/registry.h"

namespace pestle::formats {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_default(const ops::OptionInfo& option, const PropertyValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return option.fallback == (*flag ? "true" : "false");
  if (const auto* integer = std::get_if<int64_t>(&value)) return option.fallback == std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&value)) return std::strtod(option.fallback.c_str(), nullptr) == *real;
  if (const auto* text = std::get_if<std::string>(&value)) return lower(option.fallback) == lower(*text);
  return false;
}

Status set_options(const ops::OpDef& def, std::vector<Property>&& options, ir::Node& node) {
  for (Property& property : options) {
    const auto known = std::find_if(def.options.begin(), def.options.end(),
                                    [&](const auto& info) { return info.name == property.name; });
    if (known == def.options.end()) {
      return fail(ErrorCode::kInternal, fmt::format("{} has no property \"{}\"", def.name, property.name));
    }
    if (!is_default(*known, property.value)) node.attributes.set(property.name, std::move(property.value));
  }
  return {};
}

// Weights may lie at any address of a file. The references read whole elements, so while a node is built its constants
// are moved to memory that is aligned; they stay there only if the node reads them at run time.
class AlignedConstants {
 public:
  AlignedConstants(ir::Graph& graph, const std::vector<ir::ValueId>& ids) : graph_(graph) {
    for (ir::ValueId id : ids) {
      if (id == ir::kNoValue) continue;
      ir::Value& value = graph_.values[id];
      const size_t step = std::max<size_t>(dtype_bits(value.type.dtype) / 8, 1);
      if (!value.is_constant() || reinterpret_cast<uintptr_t>(value.data->data()) % step == 0) continue;
      moved_.emplace_back(id, value.data);
      value.data = std::make_shared<const Bytes>(Bytes::copy_of(value.data->view()));
    }
  }
  void restore() {
    for (auto& [id, data] : moved_) graph_.values[id].data = std::move(data);
  }

 private:
  ir::Graph& graph_;
  std::vector<std::pair<ir::ValueId, std::shared_ptr<const Bytes>>> moved_;
};

bool is_in_order(std::span<const int64_t> permutation) {
  for (size_t i = 0; i < permutation.size(); ++i) {
    if (permutation[i] != static_cast<int64_t>(i)) return false;
  }
  return true;
}

Failure absent() { return fail(ErrorCode::kInvalidModel, "an operand is absent"); }

int32_t clamp_to_int32(int64_t value) {
  return static_cast<int32_t>(
      std::clamp<int64_t>(value, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()));
}

}  // namespace

std::string Emitter::name_for(const std::string& op) const { return source_ + "/" + lower(op); }

void Emitter::share_quantization(ops::NodeSpec& node) const {
  if (!node.output_types.empty() || node.inputs.empty() || node.inputs[0] == ir::kNoValue) return;
  const ir::Type& type = value(node.inputs[0]).type;
  const ops::QuantRule& rule = node.def->quantization;
  const bool shares = ops::rule_of(rule.inputs, 0).role == ops::Role::kShared &&
                      ops::rule_of(rule.outputs, 0).role == ops::Role::kShared;
  if (shares && type.is_quantized()) node.output_types.assign(node.outputs, {type.dtype, {}, type.quantization});
}

Result<std::vector<ir::ValueId>> Emitter::emit_all(OpSpec spec) {
  const ops::OpDef* def = ops::find(spec.op);
  if (def == nullptr)
    return fail(ErrorCode::kUnsupported, fmt::format("needs the operator {}, which Pestle does not have yet", spec.op));
  ops::NodeSpec node;
  node.def = def;
  PESTLE_TRY(set_options(*def, std::move(spec.options), node.properties));
  node.inputs = std::move(spec.inputs);
  node.names.assign(spec.outputs, name_for(spec.op));
  node.sources = {source_};
  node.outputs = spec.outputs;
  node.folds = spec.folds;
  node.output_types = std::move(spec.types);
  share_quantization(node);
  AlignedConstants aligned(graph(), node.inputs);
  auto outputs = builder_.add(std::move(node));
  if (!outputs) return in_context(std::move(outputs).error(), spec.op);
  for (ir::ValueId id : *outputs) {
    const Shape& result = shape(id);
    if (result.is_static() && !checked_elements(result)) {
      return fail(ErrorCode::kInvalidModel,
                  fmt::format("{} makes a tensor of the absurd shape {}", spec.op, to_string(result)));
    }
  }
  if (value(outputs->front()).is_constant()) {
    aligned.restore();
  } else if (Status status = ops::check_quantization(*def, {graph(), graph().nodes.back()}); !status) {
    // Sources compute with plain bytes; TFLite only with bytes that have a scale.
    return fail(ErrorCode::kUnsupported, fmt::format("{}: {}", spec.op, describe(status.error())));
  }
  return outputs;
}

Result<ir::ValueId> Emitter::emit(const char* op, std::vector<ir::ValueId> inputs, std::vector<Property> options) {
  PESTLE_ASSIGN(const auto outputs, emit_all({op, std::move(inputs), std::move(options)}));
  return outputs[0];
}

ir::ValueId Emitter::constant(const ConstTensorView& view) { return builder_.constant(name_for("const"), view); }

ir::ValueId Emitter::ints(std::span<const int64_t> values) {
  std::vector<int32_t> narrow;
  for (int64_t value : values) narrow.push_back(clamp_to_int32(value));
  return builder_.ints(name_for("const"), narrow);
}

ir::ValueId Emitter::integer(int64_t value) {
  const int32_t narrow = clamp_to_int32(value);
  return constant({DType::kInt32, Shape{}, std::as_bytes(std::span(&narrow, 1))});
}

ir::ValueId Emitter::floats(Shape shape, std::span<const float> values) {
  return constant({DType::kFloat32, std::move(shape), std::as_bytes(values)});
}

ir::ValueId Emitter::number(float value) { return floats(Shape{}, std::span(&value, 1)); }

Result<ir::ValueId> Emitter::transpose(ir::ValueId value, std::vector<int64_t> permutation) {
  if (value == ir::kNoValue) return absent();
  if (is_in_order(permutation)) return value;
  return emit("TRANSPOSE", {value, ints(permutation)});
}

Result<ir::ValueId> Emitter::reshape(ir::ValueId value, const Shape& to) {
  if (value == ir::kNoValue) return absent();
  if (shape(value) == to) return value;
  return emit("RESHAPE", {value, ints(to.dims())});
}

Result<ir::ValueId> Emitter::cast(ir::ValueId id, DType dtype) {
  if (id == ir::kNoValue) return absent();
  const DType from = value(id).type.dtype;
  if (from == dtype) return id;
  const auto schema_name = [](DType type) {
    std::string text = dtype_name(type);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
  };
  OpSpec spec{"CAST", {id}, {{"in_data_type", schema_name(from)}, {"out_data_type", schema_name(dtype)}}};
  spec.types = {ir::Type{dtype, {}, nullptr}};
  PESTLE_ASSIGN(const auto outputs, emit_all(std::move(spec)));
  return outputs[0];
}

Result<ir::ValueId> Emitter::to_channels_last(ir::ValueId value) {
  if (shape(value).rank() < 2) return fail(ErrorCode::kInvalidModel, "an operand has too few axes");
  std::vector<int64_t> permutation(shape(value).rank());
  std::iota(permutation.begin(), permutation.end(), 0);
  std::rotate(permutation.begin() + 1, permutation.begin() + 2, permutation.end());
  return transpose(value, std::move(permutation));
}

Result<ir::ValueId> Emitter::to_channels_first(ir::ValueId value) {
  if (shape(value).rank() < 2) return fail(ErrorCode::kInvalidModel, "an operand has too few axes");
  std::vector<int64_t> permutation(shape(value).rank());
  std::iota(permutation.begin(), permutation.end(), 0);
  std::rotate(permutation.begin() + 1, permutation.end() - 1, permutation.end());
  return transpose(value, std::move(permutation));
}

}  // namespace pestle::formats
