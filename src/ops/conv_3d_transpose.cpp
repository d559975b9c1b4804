// CONV_3D_TRANSPOSE
//   The gradient of CONV_3D from y's shape (operand 0) to x's: every x[b,i,j,k,c] adds w[kz,ky,kx,o,c] times itself to
//   y[b, i*sd - pd + kz*dd, .., o] where that lies inside y; then the bias [O] and the activation.
//   x [B,D,H,W,C], w [KD,KH,KW,O,C]. Sums in float32, along x and its channels.
#include <algorithm>
#include <cmath>

#include "ops/core/convolution.h"
#include "ops/core/volume.h"

namespace pestle::ops {
namespace {

enum Operand { kOutputShape, kFilter, kInput, kBias };

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  const Shape& w = in.shape(kFilter);
  if (x.rank() != 5 || w.rank() != 5 || (x[4] != kUnknown && x[4] != w[4]) || !w.is_static())
    return fail(ErrorCode::kInvalidModel, "an input " + to_string(x) + " does not fit a filter " + to_string(w));
  PESTLE_TRY(check_bias(in, kBias, w[3]));
  PESTLE_TRY(check_clamp(kFusedActivation(in.node())));
  Shape y{x[0], kUnknown, kUnknown, kUnknown, w[3]};
  if (const auto given = in.ints(kOutputShape)) {
    y = Shape(*given);
    const auto grid = y.rank() == 5 && checked_elements(y) ? volume_grid(in.node(), y, w) : std::nullopt;
    bool fits = grid && y[4] == w[3] && (x[0] == kUnknown || y[0] == x[0]);
    for (int axis = 0; fits && axis < 3; ++axis) fits = x[axis + 1] == kUnknown || x[axis + 1] == (*grid)[axis].out;
    if (!fits)
      return fail(ErrorCode::kInvalidModel,
                  "the output shape " + to_string(y) + " does not fit the input " + to_string(x));
  }
  in.set(0, in.dtype(kInput), std::move(y));
  return {};
}

Status evaluate(const Evaluation& e) {
  const Shape& shape = e.outputs[0].shape();
  const Shape& filter = e.inputs[kFilter].shape();
  const VolumeGrid grid = *volume_grid(e.node, shape, filter);
  const int64_t in_c = filter[4], out_c = filter[3];
  const int64_t pixels = shape[1] * shape[2] * shape[3], positions = grid[0].out * grid[1].out * grid[2].out;
  float* y = e.outputs[0].as<float>();
  std::fill(y, y + e.outputs[0].elements(), 0.0f);
  for (int64_t b = 0; b < shape[0]; ++b) {
    const float* x = e.inputs[kInput].as<float>() + b * positions * in_c;
    float* out = y + b * pixels * out_c;
    for_each_volume_tap(grid, [&](int64_t pixel, int64_t position, int64_t tap) {
      for (int64_t o = 0; o < out_c; ++o) {
        const float* w = e.inputs[kFilter].as<float>() + (tap * out_c + o) * in_c;
        float& sum = out[pixel * out_c + o];
        for (int64_t c = 0; c < in_c; ++c) sum = std::fma(x[position * in_c + c], w[c], sum);
      }
    });
  }
  finish_volume(e, e.has(kBias) ? &e.inputs[kBias] : nullptr);
  return {};
}

int64_t macs(const NodeView& view) {
  const Shape& w = view.input(kFilter).shape;
  return view.input(kInput).shape.elements() * w[0] * w[1] * w[2] * w[3];
}

}  // namespace

const OpDef& op_conv_3d_transpose() {
  static const OpDef def = [] {
    OpDef conv = volume_operator("CONV_3D_TRANSPOSE", 141);
    conv.summary = "y[b,i*s-p+kz*d,..,o] += w[kz,ky,kx,o,c] x[b,i,j,k,c], then act(y + bias)";
    conv.inputs = {{"output_shape"}, {"filter"}, {"input"}, {"bias", OperandDef::kOptional}};
    conv.types = {{"float32", {kI32, kF32, kF32, kF32}, {kF32}, 1}};
    conv.infer = infer;
    conv.evaluate = evaluate;
    conv.macs = macs;
    return conv;
  }();
  return def;
}

}  // namespace pestle::ops
