// CONCATENATION
//   y = the inputs one after another along `axis`.
// int8 inputs must share the output's scale and zero point; int16 codes are copied as they are; uint8 codes whose
// parameters differ are rescaled in float32: clamp(round(q * (s_i / s_y) - z_i * (s_i / s_y)) + z_y), where the
// quotient is s_i * (1 / s_y).
#include <algorithm>
#include <cmath>

#include "ops/core/copy.h"
#include "ops/core/fused_activation.h"
#include "ops/core/op_def.h"
#include "ops/core/remap.h"

namespace pestle::ops {
namespace {

constexpr IntOption kAxis{"axis", 0};

bool same_parameters(const ir::Type& a, const ir::Type& b) {
  if (!a.is_quantized() || !b.is_quantized()) return true;
  return a.scale() == b.scale() && a.zero_point() == b.zero_point();
}

// Adds input `i` to the output shape `y`.
Status append(const Inference& in, int i, int axis, Shape& y) {
  const Shape& x = in.shape(i);
  if (in.dtype(i) != in.dtype(0) || x.rank() != y.rank()) {
    return fail(ErrorCode::kInvalidModel, "input " + std::to_string(i) + " has another type or rank than input 0");
  }
  for (int a = 0; a < y.rank(); ++a) {
    if (a == axis) {
      y[a] = y[a] == kUnknown || x[a] == kUnknown ? kUnknown : y[a] + x[a];
    } else if (y[a] == kUnknown) {
      y[a] = x[a];
    } else if (x[a] != kUnknown && x[a] != y[a]) {
      return fail(ErrorCode::kInvalidModel, "input " + std::to_string(i) + " of shape " + to_string(x) +
                                                " does not fit " + to_string(y) + " along axis " +
                                                std::to_string(axis));
    }
  }
  return {};
}

Status infer(Inference& in) {
  Shape y = in.shape(0);
  const auto axis = resolve_axis(kAxis(in.node()), y.rank());
  if (!axis) return fail(ErrorCode::kInvalidModel, "axis " + std::to_string(kAxis(in.node())) + " is out of range");
  if (kFusedActivation(in.node()) != FusedActivation::kNone) {
    return fail(ErrorCode::kUnsupported, "CONCATENATION has no fused activation");
  }
  for (int i = 1; i < in.inputs(); ++i) PESTLE_TRY(append(in, i, *axis, y));
  for (int i = 0; i < in.inputs() && in.dtype(0) == DType::kInt8; ++i) {
    if (!same_parameters(in.type(i), in.type(0)) || !same_parameters(in.type(i), in.declared(0))) {
      return fail(ErrorCode::kInvalidModel, "int8 inputs and output must share scale and zero point");
    }
  }
  in.set(0, in.dtype(0), y);
  return {};
}

// The codes of a uint8 input in the output's parameters.
std::vector<uint8_t> rescaled(const InputOperand& x, const ir::Type& y) {
  const float scale = x.scale() * (1.0f / y.scale());
  const float bias = static_cast<float>(-x.zero_point()) * scale;
  std::vector<uint8_t> codes(static_cast<size_t>(x.elements()));
  for (size_t i = 0; i < codes.size(); ++i) {
    const float value = static_cast<float>(x.as<uint8_t>()[i]) * scale + bias;
    codes[i] = static_cast<uint8_t>(std::clamp(static_cast<int32_t>(std::round(value)) + y.zero_point(), 0, 255));
  }
  return codes;
}

Status evaluate(const Evaluation& e) {
  const Shape& y = e.outputs[0].shape();
  const int axis = *resolve_axis(kAxis(e.node), y.rank());
  const std::vector<int64_t> steps = row_major_strides(y);
  ElementWriter writer(e.outputs[0]);
  int64_t at = 0;
  for (const InputOperand& x : e.inputs) {
    const StridedCopy copy{
        {x.shape().begin(), x.shape().end()}, row_major_strides(x.shape()), steps, 0, at * steps[axis]};
    if (x.dtype() == DType::kUInt8 && !same_parameters(*x.type, *e.outputs[0].type)) {
      const std::vector<uint8_t> codes = rescaled(x, *e.outputs[0].type);
      copy_strided(copy, reinterpret_cast<const std::byte*>(codes.data()), writer.data(), writer.element_bytes());
    } else {
      copy_strided(copy, ElementReader(x).data(), writer.data(), writer.element_bytes());
    }
    at += x.shape()[axis];
  }
  writer.finish();
  return {};
}

bool remap(LayoutEdit& edit) { return remap_axis(edit, kAxis); }

}  // namespace

const OpDef& op_concatenation() {
  static const OpDef def = {
      .name = "CONCATENATION",
      .code = 2,
      .options_record = "ConcatenationOptions",
      .summary = "y = inputs one after another along axis",
      .inputs = {{"values", OperandDef::kVariadic}},
      .outputs = {{"output"}},
      .options = {kAxis.info(), kFusedActivation.info()},
      .types = {{"base", {kF32 | kU8 | kI32 | kI64 | kBool}, {kF32 | kU8 | kI32 | kI64 | kBool}, 1},
                {"int8", {kI8}, {kI8}, 2},
                {"int16", {kI16}, {kI16}, 3},
                {"uint32", {kU32}, {kU32}, 4},
                {"int4", {kI4}, {kI4}, 5},
                {"float16", {kF16 | kBF16}, {kF16 | kBF16}, 6}},
      .infer = infer,
      .evaluate = evaluate,
      .passes_on = [](const NodeView& view) { return view.inputs() == 1; },
      .quantization =
          {.int8 = true, .int16 = true, .symmetric_int16 = true, .inputs = {kSharedRule}, .outputs = {kSharedRule}},
      .layout = {LayoutKind::kRemaps, {}, remap},
  };
  return def;
}

}  // namespace pestle::ops
