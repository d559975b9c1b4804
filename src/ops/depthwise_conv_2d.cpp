// DEPTHWISE_CONV_2D
//   y[b,i,j,o] = act(bias[o] + sum over ky,kx of w[0,ky,kx,o] * x[b, i*sh - ph + ky*dh, j*sw - pw + kx*dw, o / m])
//   x [B,H,W,C], w [1,KH,KW,C*m], bias [C*m], y [B,H',W',C*m]. The multiplier m follows from the shapes; the
//   property depth_multiplier repeats it for other readers. Per-channel weights have their scales along axis 3.
// Arithmetic: docs/semantics.md#convolutions. TFLite's hybrid kernel wants one scale a channel (it reads beyond a
// single one) and no weight of -128.
#include "ops/core/convolution.h"

namespace pestle::ops {
namespace {

constexpr IntOption kDepthMultiplier{"depth_multiplier", 0};

enum Operand { kInput, kFilter, kBias };

Status infer(Inference& in) {
  if (in.shape(kInput).rank() != 4 || in.shape(kFilter).rank() != 4) {
    return fail(ErrorCode::kInvalidModel, "input and filter must have rank 4");
  }
  const Shape& x = in.shape(kInput);
  const Shape& w = in.shape(kFilter);
  if (w[0] != 1 || w[3] <= 0 || (x[3] != kUnknown && (x[3] <= 0 || w[3] % x[3] != 0))) {
    return misfit_channels(x, w);
  }
  return infer_convolved(in, w[3]);
}

// The products of each output, in the order ky, kx (see convolution.h).
struct Products {
  WindowGrid grid;
  int64_t batches, in_c, out_c;

  template <typename Acc, typename Term, typename Finish>
  void operator()(Acc zero, Term term, Finish finish) const {
    const int64_t multiplier = out_c / in_c;
    int64_t index = 0;
    for_each_position(grid, batches, [&](int64_t b, int64_t i, int64_t j) {
      for (int64_t o = 0; o < out_c; ++o) {
        Acc acc = zero;
        for_each_tap(grid, i, j, [&](int64_t ky, int64_t kx, int64_t y, int64_t x) {
          const int64_t at_x = ((b * grid.in_h + y) * grid.in_w + x) * in_c + o / multiplier;
          acc = term(acc, at_x, (ky * grid.kernel.w + kx) * out_c + o);
        });
        finish(index++, o, acc);
      }
    });
  }
};

Status evaluate(const Evaluation& e) {
  const Shape& x = e.inputs[kInput].shape();
  const Shape& w = e.inputs[kFilter].shape();
  const Convolution convolution{.input = e.inputs[kInput],
                                .filter = e.inputs[kFilter],
                                .bias = e.has(kBias) ? &e.inputs[kBias] : nullptr,
                                .output = e.outputs[0],
                                .activation = kFusedActivation(e.node),
                                .channel_axis = 3,
                                .scales_first = true};
  return evaluate_convolution(convolution, Products{*window_grid(e.node, x, {w[1], w[2]}), x[0], x[3], w[3]});
}

int64_t macs(const NodeView& view) {
  const Shape& w = view.input(kFilter).shape;
  return view.output(0).shape.elements() * w[1] * w[2];
}

int version(const NodeView& view, int row_version) {
  const ir::Type& filter = view.input(kFilter);
  if (view.input(kInput).dtype == DType::kFloat32 && filter.dtype == DType::kInt8) {
    return filter.quantization && filter.quantization->per_channel() ? 6 : 4;
  }
  if (filter.dtype == DType::kInt4) return 7;
  const bool dilated = kDilationW(view.node()) != 1 || kDilationH(view.node()) != 1;
  return row_version == 1 && dilated ? 2 : row_version;
}

}  // namespace

const OpDef& op_depthwise_conv_2d() {
  static const OpDef def = [] {
    OpDef conv = convolution_operator("DEPTHWISE_CONV_2D", 4, 3);
    conv.options_record = "DepthwiseConv2DOptions";
    conv.summary = "y[b,i,j,o] = act(bias[o] + sum w[0,ky,kx,o] x[b,i*s-p+ky*d,j*s-p+kx*d,o/m])";
    conv.options = {kPadding.info(),         kStrideW.info(),   kStrideH.info(),  kDepthMultiplier.info(),
                    kFusedActivation.info(), kDilationW.info(), kDilationH.info()};
    conv.types = {{"float32", {kF32, kF32, kF32}, {kF32}, 1},
                  {"hybrid", {kF32, kI8, kF32}, {kF32}, 4},
                  {"uint8", {kU8, kU8, kI32}, {kU8}, 1},
                  {"int8", {kI8, kI8 | kI4, kI32}, {kI8}, 3},
                  {"int16x8", {kI16, kI8, kI64}, {kI16}, 5}};
    conv.infer = infer;
    conv.evaluate = evaluate;
    conv.quantization.hybrid_needs_channels = true;
    conv.macs = macs;
    conv.version = version;
    return conv;
  }();
  return def;
}

}  // namespace pestle::ops
