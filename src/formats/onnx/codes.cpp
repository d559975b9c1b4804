#include "formats/onnx/codes.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "formats/core/formula.h"

namespace pestle::formats::onnx {
namespace {

bool is_byte(DType dtype) { return dtype == DType::kInt8 || dtype == DType::kUInt8; }

std::shared_ptr<const ir::Quantization> quantization_of(const CodeParameters& parameters) {
  auto quantization = std::make_shared<ir::Quantization>();
  quantization->scale = parameters.scale;
  quantization->zero_point = parameters.zero_point;
  quantization->axis = parameters.scale.size() > 1 ? parameters.axis : 0;
  return quantization;
}

// Zero points of int8 codes: uint8 ones are 128 lower.
std::shared_ptr<const ir::Quantization> grid_of(CodeParameters parameters) {
  if (!is_byte(parameters.dtype)) return nullptr;
  if (parameters.dtype == DType::kUInt8) {
    for (int64_t& zero : parameters.zero_point) zero -= 128;
  }
  return quantization_of(parameters);
}

template <typename Code>
std::vector<float> reals_of(const ConstTensorView& codes, const CodeParameters& parameters) {
  const size_t count = static_cast<size_t>(codes.shape.elements());
  const size_t slices = parameters.scale.size();
  size_t inner = 1;
  for (int i = parameters.axis + 1; slices > 1 && i < codes.shape.rank(); ++i) inner *= codes.shape[i];
  std::vector<float> reals(count);
  for (size_t i = 0; i < count; ++i) {
    Code code;
    std::memcpy(&code, codes.bytes.data() + i * sizeof code, sizeof code);
    const size_t slice = i / inner % slices;
    const auto difference = static_cast<double>(static_cast<int64_t>(code) - parameters.zero_point[slice]);
    reals[i] = static_cast<float>(difference * static_cast<double>(parameters.scale[slice]));
  }
  return reals;
}

Result<ValueId> real_constant(Emitter& emit, ValueId id, const CodeParameters& parameters) {
  const ConstTensorView view = emit.graph().constant(id);
  std::vector<float> reals;
  switch (view.dtype) {
    case DType::kInt8: reals = reals_of<int8_t>(view, parameters); break;
    case DType::kUInt8: reals = reals_of<uint8_t>(view, parameters); break;
    case DType::kInt16: reals = reals_of<int16_t>(view, parameters); break;
    case DType::kUInt16: reals = reals_of<uint16_t>(view, parameters); break;
    case DType::kInt32: reals = reals_of<int32_t>(view, parameters); break;
    default: return unsupported(fmt::format("constants of type {} are not dequantized", dtype_name(view.dtype)));
  }
  const std::string name = emit.value(id).name;
  const ValueId result = emit.floats(view.shape, reals);
  ir::Value& value = emit.graph().values[result];
  value.name = name;
  value.grid = grid_of(parameters);
  return result;
}

bool is_read(const ir::Graph& graph, ValueId id) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [id](const ir::Node& node) {
    return std::find(node.inputs.begin(), node.inputs.end(), id) != node.inputs.end();
  });
}

// Says of a value what its integers mean. False if they mean something else already, or are read as plain numbers.
bool mark(ir::Graph& graph, ValueId id, const CodeParameters& parameters) {
  const auto quantization = quantization_of(parameters);
  ir::Type& type = graph.values[id].type;
  if (type.quantization != nullptr) return *type.quantization == *quantization;
  if (is_read(graph, id)) return false;
  type.quantization = quantization;
  return true;
}

// A constant that broadcasts over the values: the numbers stand along the axis.
ValueId along_axis(Formula& f, std::vector<float> numbers, int axis, int rank) {
  if (numbers.size() == 1) return f.number(numbers[0]);
  std::vector<int64_t> extents(rank, 1);
  extents[axis] = static_cast<int64_t>(numbers.size());
  return f.emit().floats(Shape(extents), numbers);
}

}  // namespace

bool has_kernels(const CodeParameters& parameters) {
  const bool is_symmetric =
      std::all_of(parameters.zero_point.begin(), parameters.zero_point.end(), [](int64_t zero) { return zero == 0; });
  return is_byte(parameters.dtype) || (parameters.dtype == DType::kInt16 && is_symmetric);
}

Result<CodeParameters> read_parameters(NodeContext& node, int scale, int zero_point, DType dtype) {
  CodeParameters parameters;
  parameters.dtype = dtype;
  PESTLE_ASSIGN(parameters.scale, node.floats(scale, "scale"));
  parameters.zero_point.assign(parameters.scale.size(), 0);
  if (node.has(zero_point)) {
    PESTLE_ASSIGN(parameters.zero_point, node.ints(zero_point, "zero point"));
  }
  if (parameters.scale.empty() || parameters.zero_point.size() != parameters.scale.size())
    return fail(ErrorCode::kInvalidModel, "it does not have as many zero points as scales");
  const auto is_scale = [](float s) { return s > 0 && s <= std::numeric_limits<float>::max(); };
  if (!std::all_of(parameters.scale.begin(), parameters.scale.end(), is_scale))
    return fail(ErrorCode::kInvalidModel, "a scale is not positive");
  return parameters;
}

Result<ValueId> quantize(Emitter& emit, ValueId x, const CodeParameters& parameters) {
  PESTLE_ASSIGN(x, emit.cast(x, DType::kFloat32));
  if (has_kernels(parameters)) {
    OpSpec spec{"QUANTIZE", {x}};
    spec.types = {ir::Type{parameters.dtype, {}, quantization_of(parameters)}};
    PESTLE_ASSIGN(const auto outputs, emit.emit_all(std::move(spec)));
    return outputs[0];
  }
  return unsupported(fmt::format("no kernel quantizes to {} with these zero points", dtype_name(parameters.dtype)));
}

Result<ValueId> dequantize(Emitter& emit, ValueId codes, const CodeParameters& parameters) {
  const Shape shape = emit.shape(codes);
  const auto slices = static_cast<int64_t>(parameters.scale.size());
  if (slices > 1 && (parameters.axis >= shape.rank() || shape[parameters.axis] != slices))
    return fail(ErrorCode::kInvalidModel, fmt::format("{} scales do not fit the shape {}", slices, to_string(shape)));
  if (emit.value(codes).is_constant()) return real_constant(emit, codes, parameters);
  if (has_kernels(parameters) && mark(emit.graph(), codes, parameters)) return emit.emit("DEQUANTIZE", {codes});
  Formula f(emit);
  const std::vector<float> zeros(parameters.zero_point.begin(), parameters.zero_point.end());
  const ValueId difference = f.sub(f.cast(codes, DType::kFloat32), along_axis(f, zeros, parameters.axis, shape.rank()));
  const ValueId reals = f.mul(difference, along_axis(f, parameters.scale, parameters.axis, shape.rank()));
  PESTLE_ASSIGN(const auto results, f.result(reals));
  return results[0];
}

}  // namespace pestle::formats::onnx
