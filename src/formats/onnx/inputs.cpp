#include "formats/onnx/inputs.h"

#include <fmt/core.h>

#include "base/text.h"

namespace pestle::formats::onnx {
namespace {

const codec::OnnxValueInfo* find_info(const codec::OnnxGraph& source, const std::string& name) {
  for (const auto* list : {&source.inputs, &source.outputs, &source.values}) {
    for (const codec::OnnxValueInfo& info : *list) {
      if (info.name == name) return &info;
    }
  }
  return nullptr;
}

const Shape* find_shape(const ImportOptions& options, const std::string& name) {
  for (const auto& given : options.input_shapes) {
    if (given.name == name || given.name + ":0" == name || given.name == name + ":0") return &given.shape;
  }
  return nullptr;
}

Status check_names(const ImportOptions& options, const std::vector<std::string>& names) {
  for (const auto& given : options.input_shapes) {
    const auto fits = [&](const std::string& name) {
      return name == given.name || name == given.name + ":0" || name + ":0" == given.name;
    };
    if (std::any_of(names.begin(), names.end(), fits)) continue;
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("a shape was given for \"{}\", which is no input of the model", given.name),
                fmt::format("its inputs are: {}", join(names, ", ")));
  }
  return {};
}

// What --input should look like: known extents as they are, others by their symbol.
std::string shape_to_fill_in(const codec::OnnxValueInfo& info) {
  std::string text;
  for (size_t i = 0; i < info.dims.size(); ++i) {
    if (i > 0) text += "x";
    const codec::OnnxDimension& dim = info.dims[i];
    const bool has_name =
        dim.symbol.size() > 1 || (dim.symbol.size() == 1 && std::isalpha(static_cast<unsigned char>(dim.symbol[0])));
    text += dim.value  ? std::to_string(*dim.value)
            : i == 0   ? "1"
            : has_name ? "<" + dim.symbol + ">"
                       : fmt::format("<size{}>", i);
  }
  return text;
}

Failure free_axes(const codec::OnnxValueInfo& info) {
  std::vector<std::string> axes;
  for (size_t i = 1; i < info.dims.size(); ++i) {
    if (!info.dims[i].value) axes.push_back(std::to_string(i));
  }
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("input \"{}\" has no fixed size in {} {}", info.name, axes.size() == 1 ? "axis" : "axes",
                          join(axes, " and ")),
              fmt::format("give its shape: --input {}:{}", info.name, shape_to_fill_in(info)));
}

Failure unknown_shape(const std::string& name) {
  return fail(ErrorCode::kInvalidArgument, fmt::format("the file does not say the shape of input \"{}\"", name),
              fmt::format("give its shape, for instance --input {}:1x3x224x224", name));
}

// The shape as far as file and caller fix it; kUnknown only in the first axis.
Result<Shape> resolve_shape(const codec::OnnxValueInfo* info, const std::string& name, const Shape* given) {
  if (given == nullptr) {
    if (info == nullptr || !info->has_shape) return unknown_shape(name);
    Shape shape;
    for (const codec::OnnxDimension& dim : info->dims) shape.push_back(dim.value.value_or(kUnknown));
    for (int axis = 1; axis < shape.rank(); ++axis) {
      if (shape[axis] == kUnknown) return free_axes(*info);
    }
    return shape;
  }
  const bool contradicts_rank =
      info != nullptr && info->has_shape && info->dims.size() != static_cast<size_t>(given->rank());
  bool contradicts = contradicts_rank;
  for (int axis = 0; !contradicts_rank && info != nullptr && info->has_shape && axis < given->rank(); ++axis) {
    const auto fixed = info->dims[axis].value;
    contradicts = contradicts || (fixed && *fixed != (*given)[axis]);
    if (axis > 0 && (*given)[axis] == kUnknown) return free_axes(*info);
  }
  if (contradicts) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("input \"{}\" cannot have the shape {}", name, to_string(*given)),
                fmt::format("the model fixes it to {}", shape_to_fill_in(*info)));
  }
  return *given;
}

Result<ir::Value> make_input(const codec::OnnxGraph& source, const std::string& name, const ImportOptions& options) {
  const codec::OnnxValueInfo* info = find_info(source, name);
  if (info != nullptr && !info->is_tensor) return unsupported(fmt::format("input \"{}\" is no tensor", name));
  const auto dtype =
      info == nullptr || info->type == codec::OnnxType::kUndefined ? DType::kFloat32 : dtype_of(info->type);
  if (!dtype) return unsupported(fmt::format("input \"{}\" is of ONNX type {}", name, static_cast<int>(info->type)));
  PESTLE_ASSIGN(Shape shape, resolve_shape(info, name, find_shape(options, name)));
  ir::Value value;
  value.name = name;
  value.has_rank = true;
  if (shape.rank() > 0 && shape[0] == kUnknown) {
    value.signature.assign(shape.begin(), shape.end());
    shape[0] = options.batch.value_or(1);
  }
  const auto elements = checked_elements(shape);
  if (!elements) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("input \"{}\" has the impossible shape {}", name, to_string(shape)));
  }
  value.type = {*dtype, std::move(shape), nullptr};
  return value;
}

}  // namespace

Status add_inputs(ir::Graph& graph, const codec::OnnxGraph& source, const std::vector<std::string>& names,
                  const ImportOptions& options) {
  PESTLE_TRY(check_names(options, names));
  bool has_batch = false;
  for (const std::string& name : names) {
    PESTLE_ASSIGN(ir::Value value, make_input(source, name, options));
    has_batch = has_batch || !value.signature.empty();
    graph.inputs.push_back(graph.add_value(std::move(value)));
  }
  if (options.batch && !has_batch) {
    return fail(ErrorCode::kInvalidArgument, "a batch size was given, but no input has a free first axis");
  }
  return {};
}

}  // namespace pestle::formats::onnx
