#include "parity/case.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "ops/core/check.h"
#include "ops/core/fused_activation.h"
#include "ops/core/registry.h"

namespace pestle::parity {
namespace {

std::vector<DType> draw_types(const std::vector<ops::DTypeSet>& sets, const std::vector<std::optional<DType>>& chosen,
                              Random& random) {
  std::vector<DType> types;
  for (size_t i = 0; i < std::max(sets.size(), chosen.size()); ++i) {
    if (i < chosen.size() && chosen[i]) {
      types.push_back(*chosen[i]);
      continue;
    }
    const ops::DTypeSet& set = sets[std::min(i, sets.size() - 1)];
    std::vector<DType> members;
    for (int t = 0; t < kDTypeCount; ++t) {
      if (set.has(static_cast<DType>(t))) members.push_back(static_cast<DType>(t));
    }
    types.push_back(members[random.integer(0, static_cast<int64_t>(members.size()) - 1)]);
  }
  return types;
}

}  // namespace

Case::Case(const ops::OpDef& def, const Variant& variant, uint64_t seed)
    : def_(def),
      random_(seed),
      input_types_(draw_types(variant.row->inputs, variant.inputs, random_)),
      output_types_(draw_types(variant.row->outputs, variant.outputs, random_)),
      declared_(1) {
  // Where outputs may have the types of the data, they have: nothing else is left to chance.
  for (size_t i = 0; i < output_types_.size(); ++i) {
    for (const auto& chosen : variant.inputs) {
      const bool is_open = i >= variant.outputs.size() || !variant.outputs[i];
      if (is_open && chosen && variant.row->outputs[i].has(*chosen)) output_types_[i] = *chosen;
    }
  }
  node_.op = def.name;
  node_.sources = {def.name};
}

double Case::log_real(double low, double high) { return std::exp(real(std::log(low), std::log(high))); }

Shape Case::shape(int rank, int64_t largest, bool may_be_empty) {
  Shape result;
  for (int i = 0; i < rank; ++i) result.push_back(chance(20) ? 1 : integer(1, largest));
  if (may_be_empty && rank > 0 && chance(3)) result[static_cast<int>(integer(0, rank - 1))] = 0;
  return result;
}

std::pair<Shape, Shape> Case::broadcast_shapes(int rank) {
  const Shape full = shape(rank, rank > 4 ? 3 : 7);
  if (chance(33)) return {full, full};
  std::vector<int64_t> a(full.begin(), full.end()), b = a;
  for (int i = 0; i < rank; ++i) {
    if (chance(40)) (chance(50) ? a : b)[i] = 1;
  }
  auto& shorter = chance(50) ? a : b;
  if (chance(40)) shorter.erase(shorter.begin(), shorter.begin() + integer(0, rank));
  return {Shape(a), Shape(b)};
}

float Case::scale() { return static_cast<float>(chance(15) ? log_real(1e-5, 1e3) : log_real(1e-3, 0.5)); }

int64_t Case::zero_point(DType dtype) {
  if (dtype != DType::kInt8 && dtype != DType::kUInt8) return 0;
  const ops::CodeRange range = ops::code_range(dtype);
  if (chance(30)) return chance(50) ? range.low : range.high;
  return integer(range.low, range.high);
}

ir::Type Case::type(DType dtype, Shape shape) {
  ir::Type result{dtype, std::move(shape), nullptr};
  if (is_quantized_storage(dtype)) result.quantization = ir::per_tensor(scale(), zero_point(dtype));
  return result;
}

ir::Type Case::spanning(DType dtype, Shape shape, double least, double most) {
  ir::Type result = type(dtype, std::move(shape));
  if (!result.quantization) return result;
  const double codes = dtype == DType::kInt16 ? 65535 : 255;
  result.quantization = ir::per_tensor(static_cast<float>(log_real(least, most) / codes), result.zero_point());
  return result;
}

ir::Type Case::weight(DType dtype, Shape shape, int axis) {
  if (dtype == DType::kFloat32) return {dtype, std::move(shape), nullptr};
  const int64_t channels = axis < 0 ? 1 : shape[axis];
  // Scales of one filter may differ by four orders of magnitude.
  const double middle = log_real(1e-3, 0.1);
  const double spread = chance(20) ? 100 : 4;
  auto quantization = std::make_shared<ir::Quantization>();
  quantization->axis = std::max(axis, 0);
  for (int64_t i = 0; i < channels; ++i) {
    quantization->scale.push_back(static_cast<float>(middle * log_real(1 / spread, spread)));
    quantization->zero_point.push_back(0);
  }
  return {dtype, std::move(shape), std::move(quantization)};
}

void Case::set(const char* name, ir::AttributeValue value) { node_.attributes.set(name, std::move(value)); }

void Case::fused_activation() {
  const auto is_clamp = [](const ops::OptionInfo& option) {
    return option.name == std::string_view("fused_activation_function");
  };
  if (!std::any_of(def_.options.begin(), def_.options.end(), is_clamp)) return;
  if (chance(25)) set("fused_activation_function", std::string(any_of({"RELU", "RELU6", "RELU_N1_TO_1"})));
}

int Case::input(const ir::Type& type, std::optional<Range> range) { return add(type, range, false); }
int Case::constant(const ir::Type& type, std::optional<Range> range) { return add(type, range, true); }
int Case::either(const ir::Type& type, std::optional<Range> range) {
  return add(type, range, type.shape.elements() > 0 && chance(25));
}

int Case::add(const ir::Type& type, std::optional<Range> range, bool is_constant) {
  // LiteRT's interface cannot set tensors of packed types.
  CaseOperand operand{true, is_constant || is_packed(type.dtype), type, Tensor(type.dtype, type.shape)};
  fill(operand.data, type.is_quantized(), range);
  operands_.push_back(std::move(operand));
  return static_cast<int>(operands_.size()) - 1;
}

int Case::constant_ints(DType dtype, Shape shape, const std::vector<int64_t>& values) {
  CaseOperand operand{true, true, {dtype, shape, nullptr}, Tensor(dtype, shape)};
  for (size_t i = 0; i < values.size(); ++i) {
    if (dtype == DType::kInt64) {
      operand.data.data<int64_t>()[i] = values[i];
    } else if (dtype == DType::kInt16) {
      operand.data.data<int16_t>()[i] = static_cast<int16_t>(values[i]);
    } else {
      operand.data.data<int32_t>()[i] = static_cast<int32_t>(values[i]);
    }
  }
  operands_.push_back(std::move(operand));
  return static_cast<int>(operands_.size()) - 1;
}

int Case::constant_ints(DType dtype, const std::vector<int64_t>& values) {
  return constant_ints(dtype, {static_cast<int64_t>(values.size())}, values);
}

int Case::absent() {
  operands_.push_back({false, false, {}, {}});
  return static_cast<int>(operands_.size()) - 1;
}

int Case::state(const ir::Type& type) {
  const double start = type.dtype == DType::kInt8 ? type.zero_point() : 0;
  const int at = add(type, Range{start, start}, false);
  operands_[at].variable = true;
  return at;
}

int Case::runs() const {
  const auto is_state = [](const CaseOperand& operand) { return operand.variable; };
  return std::any_of(operands_.begin(), operands_.end(), is_state) ? 2 : 1;
}

int Case::bias(DType dtype, int64_t channels, int64_t taps, int data) {
  if (dtype == DType::kFloat32) return constant({dtype, {channels}, nullptr}, Range{-2, 2});
  const ir::Quantization& x = *operands_[data].type.quantization;
  const ir::Quantization& w = *operands_[1].type.quantization;
  auto quantization = std::make_shared<ir::Quantization>();
  for (float s : w.scale) {
    quantization->scale.push_back(s * x.scale[0]);
    quantization->zero_point.push_back(0);
  }
  const double code = operands_[data].type.dtype == DType::kInt16 ? 32768.0 : 128.0;
  const double weights = operands_[1].type.dtype == DType::kInt16 ? 16384.0 : 60.0;
  const double bound = std::min(1e9, weights * code * std::sqrt(static_cast<double>(std::max<int64_t>(taps, 1))));
  return constant({dtype, {channels}, std::move(quantization)}, Range{-bound, bound});
}

void Case::like(int operand) {
  for (ir::Type& type : declared_) type.quantization = operands_[operand].type.quantization;
}

void Case::fixed(float output_scale, int64_t output_zero) {
  for (ir::Type& type : declared_) type.quantization = ir::per_tensor(output_scale, output_zero);
}

Result<std::vector<ir::Type>> Case::infer(const ir::Node& node, const std::vector<CaseOperand>& operands,
                                          std::vector<ir::Type> declared) const {
  std::vector<ops::KnownOperand> known;
  for (const CaseOperand& operand : operands) {
    if (operand.present) {
      known.push_back({&operand.type, operand.constant ? operand.data.view().bytes.data() : nullptr});
    } else {
      known.push_back({});
    }
  }
  ops::Inference inference(node, std::move(known), std::move(declared));
  inference.set_intermediates(intermediates_);
  PESTLE_TRY(ops::infer_node(def_, inference));
  return inference.take_outputs();
}

Status Case::finish() {
  for (const auto& entry : node_.attributes) {
    const auto known = std::any_of(def_.options.begin(), def_.options.end(),
                                   [&](const ops::OptionInfo& option) { return option.name == entry.name; });
    if (!known) return fail(ErrorCode::kInternal, std::string(def_.name) + " has no property " + entry.name);
  }
  for (ir::Type& type : declared_) {
    if (type.dtype == DType::kFloat32) type.dtype = out(static_cast<int>(&type - declared_.data()));
  }
  PESTLE_ASSIGN(declared_, infer(node_, operands_, declared_));
  for (ir::Type& type : declared_) {
    if (!type.shape.is_static()) return fail(ErrorCode::kInternal, "the output's shape is not known");
  }
  PESTLE_ASSIGN(const ir::Module made, module());
  const ir::Graph& graph = made.graphs[0];
  return ops::check_quantization(def_, ops::NodeView(graph, graph.nodes[0]));
}

Result<ir::Module> Case::module() const {
  ir::Module module;
  ir::Graph& graph = module.graphs.emplace_back();
  ir::Node node = node_;
  for (size_t i = 0; i < operands_.size(); ++i) {
    const CaseOperand& operand = operands_[i];
    if (!operand.present) {
      node.inputs.push_back(ir::kNoValue);
      continue;
    }
    ir::Value value;
    value.name = "in" + std::to_string(i);
    value.type = operand.type;
    value.has_rank = true;
    value.is_variable = operand.variable;
    if (operand.constant) value.data = std::make_shared<const Bytes>(Bytes::copy_of(operand.data.view().bytes));
    node.inputs.push_back(graph.add_value(std::move(value)));
    if (operand.is_fed()) graph.inputs.push_back(node.inputs.back());
  }
  for (const ir::Type& type : intermediates_) {
    ir::Value value;
    value.name = "inside" + std::to_string(node.intermediates.size());
    value.type = type;
    value.has_rank = true;
    node.intermediates.push_back(graph.add_value(std::move(value)));
  }
  for (size_t i = 0; i < declared_.size(); ++i) {
    ir::Value value;
    value.name = "out" + std::to_string(i);
    value.type = declared_[i];
    value.has_rank = true;
    node.outputs.push_back(graph.add_value(std::move(value)));
    graph.outputs.push_back(node.outputs.back());
  }
  graph.nodes.push_back(std::move(node));
  return module;
}

}  // namespace pestle::parity
