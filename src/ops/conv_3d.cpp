// CONV_3D
//   y[b,i,j,k,o] = act(bias[o] + sum over kz,ky,kx,c of w[kz,ky,kx,c,o] * x[b, i*sd - pd + kz*dd, .., c])
//   x [B,D,H,W,C], w [KD,KH,KW,C,O], bias [O]. Taps outside the volume count as 0. Sums in float32, along the taps.
#include <algorithm>
#include <cmath>

#include "ops/core/convolution.h"
#include "ops/core/volume.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kFilter, kBias };

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  const Shape& w = in.shape(kFilter);
  if (x.rank() != 5 || w.rank() != 5 || (x[4] != kUnknown && x[4] != w[3]) || !w.is_static())
    return fail(ErrorCode::kInvalidModel, "an input " + to_string(x) + " does not fit a filter " + to_string(w));
  PESTLE_TRY(check_bias(in, kBias, w[4]));
  PESTLE_TRY(check_clamp(kFusedActivation(in.node())));
  const auto grid = volume_grid(in.node(), x, w);
  if (!grid) return fail(ErrorCode::kInvalidModel, "the window does not fit the input " + to_string(x));
  in.set(0, in.dtype(kInput), {x[0], (*grid)[0].out, (*grid)[1].out, (*grid)[2].out, w[4]});
  return {};
}

Status evaluate(const Evaluation& e) {
  const Shape& shape = e.inputs[kInput].shape();
  const Shape& filter = e.inputs[kFilter].shape();
  const VolumeGrid grid = *volume_grid(e.node, shape, filter);
  const int64_t in_c = filter[3], out_c = filter[4];
  const int64_t pixels = shape[1] * shape[2] * shape[3], positions = grid[0].out * grid[1].out * grid[2].out;
  float* y = e.outputs[0].as<float>();
  std::fill(y, y + e.outputs[0].elements(), 0.0f);
  for (int64_t b = 0; b < shape[0]; ++b) {
    const float* x = e.inputs[kInput].as<float>() + b * pixels * in_c;
    float* out = y + b * positions * out_c;
    for_each_volume_tap(grid, [&](int64_t pixel, int64_t position, int64_t tap) {
      for (int64_t c = 0; c < in_c; ++c) {
        const float* w = e.inputs[kFilter].as<float>() + (tap * in_c + c) * out_c;
        float* sums = out + position * out_c;
        for (int64_t o = 0; o < out_c; ++o) sums[o] = std::fma(x[pixel * in_c + c], w[o], sums[o]);
      }
    });
  }
  finish_volume(e, e.has(kBias) ? &e.inputs[kBias] : nullptr);
  return {};
}

int64_t macs(const NodeView& view) {
  const Shape& w = view.input(kFilter).shape;
  return view.output(0).shape.elements() * w[0] * w[1] * w[2] * w[3];
}

}  // namespace

const OpDef& op_conv_3d() {
  static const OpDef def = [] {
    OpDef conv = volume_operator("CONV_3D", 132);
    conv.summary = "y[b,i,j,k,o] = act(bias[o] + sum w[kz,ky,kx,c,o] x[b,i*s-p+kz*d,..,c])";
    conv.inputs = {{"input"}, {"filter"}, {"bias", OperandDef::kOptional}};
    conv.types = {{"float32", {kF32, kF32, kF32}, {kF32}, 1}};
    conv.infer = infer;
    conv.evaluate = evaluate;
    conv.macs = macs;
    return conv;
  }();
  return def;
}

}  // namespace pestle::ops
