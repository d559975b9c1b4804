// SHAPE
//   y = the extents of x, as int32 or int64 (property out_type, which has no usable default).
#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

constexpr DTypeOption kOutType{"out_type", DType::kFloat32};

Status infer(Inference& in) {
  const DType out = kOutType(in.node());
  if (out != DType::kInt32 && out != DType::kInt64) {
    return fail(ErrorCode::kInvalidModel, std::string("out_type is ") + dtype_name(out) + ", expected int32 or int64");
  }
  in.set(0, out, {in.shape(0).rank()});
  return {};
}

template <typename T>
void write(const Shape& x, T* y) {
  for (int axis = 0; axis < x.rank(); ++axis) y[axis] = static_cast<T>(x[axis]);
}

Status evaluate(const Evaluation& e) {
  const Shape& x = e.inputs[0].shape();
  if (e.outputs[0].dtype() == DType::kInt32) {
    write(x, e.outputs[0].as<int32_t>());
  } else {
    write(x, e.outputs[0].as<int64_t>());
  }
  return {};
}

}  // namespace

const OpDef& op_shape() {
  static const OpDef def = {
      .name = "SHAPE",
      .code = 77,
      .options_record = "ShapeOptions",
      .summary = "y = the extents of x",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .options = {kOutType.info()},
      .types = {{"any", {kAnyWhole | kI4}, {kIndex}, 1}},
      .traits = {.depends_on_shape_only = true},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kActivationRule}, .outputs = {kNoRule}},
  };
  return def;
}

}  // namespace pestle::ops
