#include "formats/onnx/mapping.h"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>

#include "formats/onnx/onnx.h"

namespace pestle::formats::onnx {

#define PESTLE_ITEM(stem) const Mapping& map_##stem();
#include "pestle_lists/onnx_map.inc"
#undef PESTLE_ITEM

using Kind = codec::OnnxAttribute::Kind;

namespace {

using Index = std::unordered_map<std::string, const Mapping*>;

const Index& all_mappings() {
  static const Index index = [] {
    Index map;
    for (const Mapping* mapping : {
#define PESTLE_ITEM(stem) &map_##stem(),
#include "pestle_lists/onnx_map.inc"
#undef PESTLE_ITEM
         }) {
      for (const char* name : mapping->names) map.emplace(name, mapping);
    }
    return map;
  }();
  return index;
}

}  // namespace

const Mapping* find_mapping(const std::string& domain, const std::string& op_type) {
  const auto it = all_mappings().find(domain.empty() ? op_type : domain + "." + op_type);
  return it == all_mappings().end() ? nullptr : it->second;
}

std::vector<std::string> known_operators() {
  std::vector<std::string> names;
  for (const auto& [name, mapping] : all_mappings()) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

DType computed_type(DType dtype) {
  const bool is_small = dtype == DType::kInt8 || dtype == DType::kUInt8 || dtype == DType::kInt16;
  return is_small ? DType::kInt32 : dtype;
}

Status check_affordable(int64_t elements) {
  constexpr int64_t kMost = int64_t{1} << 24;
  if (elements >= 0 && elements <= kMost) return {};
  return unsupported("needs an absurdly large constant");
}

Failure unsupported(std::string why) { return fail(ErrorCode::kUnsupported, std::move(why)); }

Result<std::vector<int64_t>> NodeContext::ints(int i, const char* what) const {
  if (!is_constant(i)) return unsupported(fmt::format("its {} is computed while the model runs", what));
  const ir::Value& value = emit_.value(inputs_[i]);
  const ConstTensorView view = emit_.graph().constant(inputs_[i]);
  const Tensor aligned = Tensor::copy_of(view);
  std::vector<int64_t> values = to_int64s(aligned.view());
  if (values.size() != static_cast<size_t>(view.elements())) {
    return fail(ErrorCode::kInvalidModel,
                fmt::format("its {} is of type {}, expected integers", what, dtype_name(value.type.dtype)));
  }
  return values;
}

Result<std::vector<float>> NodeContext::floats(int i, const char* what) const {
  if (!is_constant(i)) return unsupported(fmt::format("its {} is computed while the model runs", what));
  const Tensor aligned = Tensor::copy_of(emit_.graph().constant(inputs_[i]));
  if (aligned.dtype() != DType::kFloat32) {
    return fail(ErrorCode::kInvalidModel,
                fmt::format("its {} is of type {}, expected floats", what, dtype_name(aligned.dtype())));
  }
  return to_floats(aligned.view());
}

Result<int64_t> NodeContext::positive(int i, const char* what) const {
  PESTLE_ASSIGN(const auto values, ints(i, what));
  constexpr int64_t kMost = 1 << 24;
  if (values.size() != 1 || values[0] < 1 || values[0] > kMost)
    return fail(ErrorCode::kInvalidModel, fmt::format("its {} is no positive number", what));
  return values[0];
}

bool NodeContext::has_attribute(const char* name) const {
  for (const codec::OnnxAttribute& attribute : node_.attributes) {
    if (attribute.name == name) return true;
  }
  return false;
}

const codec::OnnxAttribute* NodeContext::find(const char* name, Kind kind) {
  for (const codec::OnnxAttribute& attribute : node_.attributes) {
    if (attribute.name != name) continue;
    const bool is_single = kind == Kind::kInt || kind == Kind::kFloat || kind == Kind::kString ||
                           kind == Kind::kTensor || kind == Kind::kGraph;
    const size_t elements = attribute.ints.size() + attribute.floats.size() + attribute.strings.size() +
                            attribute.tensors.size() + attribute.graphs.size();
    // Old exporters write lists of one element without saying that they are lists.
    const bool is_short_list =
        kind == Kind::kInts ? attribute.kind == Kind::kInt : kind == Kind::kFloats && attribute.kind == Kind::kFloat;
    if ((attribute.kind == kind && (!is_single || elements == 1)) || is_short_list) return &attribute;
    attribute_error_ =
        Error{ErrorCode::kInvalidModel, fmt::format("its attribute \"{}\" is of the wrong kind", name), {}, {}};
    return nullptr;
  }
  return nullptr;
}

int64_t NodeContext::integer(const char* name, int64_t fallback) {
  const auto* attribute = find(name, Kind::kInt);
  return attribute == nullptr ? fallback : attribute->ints[0];
}

float NodeContext::number(const char* name, float fallback) {
  const auto* attribute = find(name, Kind::kFloat);
  return attribute == nullptr ? fallback : attribute->floats[0];
}

std::string NodeContext::text(const char* name, const std::string& fallback) {
  const auto* attribute = find(name, Kind::kString);
  return attribute == nullptr ? fallback : attribute->strings[0];
}

std::vector<int64_t> NodeContext::integers(const char* name, std::vector<int64_t> fallback) {
  const auto* attribute = find(name, Kind::kInts);
  return attribute == nullptr ? fallback : attribute->ints;
}

std::vector<float> NodeContext::numbers(const char* name) {
  const auto* attribute = find(name, Kind::kFloats);
  return attribute == nullptr ? std::vector<float>() : attribute->floats;
}

const codec::OnnxTensor* NodeContext::tensor(const char* name) {
  const auto* attribute = find(name, Kind::kTensor);
  return attribute == nullptr ? nullptr : &attribute->tensors[0];
}

std::vector<std::string> NodeContext::texts(const char* name) {
  const auto* attribute = find(name, Kind::kStrings);
  return attribute == nullptr ? std::vector<std::string>() : attribute->strings;
}

const codec::OnnxGraph* NodeContext::graph(const char* name) {
  const auto* attribute = find(name, Kind::kGraph);
  return attribute == nullptr ? nullptr : &attribute->graphs[0];
}

Result<std::optional<std::vector<int64_t>>> NodeContext::integers_by_opset(const char* name, int operand,
                                                                           int64_t since) {
  using Values = std::optional<std::vector<int64_t>>;
  if (opset_ >= since) {
    if (!has(operand)) return Values();
    PESTLE_ASSIGN(auto values, ints(operand, name));
    return Values(std::move(values));
  }
  return has_attribute(name) ? Values(integers(name)) : Values();
}

Result<int> NodeContext::axis(int64_t value, int rank) const {
  const auto resolved = resolve_axis(value, rank);
  if (!resolved)
    return fail(ErrorCode::kInvalidModel, fmt::format("axis {} is outside a tensor of rank {}", value, rank));
  return *resolved;
}

Result<std::vector<int64_t>> NodeContext::axes(std::vector<int64_t> values, int rank) const {
  std::vector<bool> seen(rank);
  for (int64_t& value : values) {
    PESTLE_ASSIGN(const int resolved, axis(value, rank));
    if (seen[resolved]) return fail(ErrorCode::kInvalidModel, fmt::format("axis {} is named twice", resolved));
    seen[resolved] = true;
    value = resolved;
  }
  return values;
}

Result<ValueIds> NodeContext::map_as(const char* op_type, ValueIds inputs, int64_t opset) {
  const Mapping* mapping = find_mapping("", op_type);
  if (mapping == nullptr) return unsupported(std::string(op_type) + " is not known");
  NodeContext inner(place_, node_, std::move(inputs), opset);
  inner.op_type_ = op_type;
  for (int i = 0; i < mapping->least_inputs; ++i) {
    if (!inner.has(i)) return fail(ErrorCode::kInvalidModel, std::string("lacks an operand of ") + op_type);
  }
  auto outputs = mapping->map(inner);
  if (inner.attribute_error_) attribute_error_ = inner.attribute_error_;
  if (outputs && outputs->empty()) return fail(ErrorCode::kInternal, std::string(op_type) + " has no result");
  return outputs;
}

}  // namespace pestle::formats::onnx
