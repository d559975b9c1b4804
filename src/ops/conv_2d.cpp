// CONV_2D
//   y[b,i,j,o] = act(bias[o] + sum over ky,kx,c of w[o,ky,kx,c] * x[b, i*sh - ph + ky*dh, j*sw - pw + kx*dw, g*C + c])
//   x [B,H,W,groups*C], w [O,KH,KW,C], bias [O], y [B,H',W',O]; output channel o belongs to group g = o / (O/groups).
// Taps outside the image count as real zero. Per-channel weights have their scales along axis 0 and zero point 0.
// Arithmetic: docs/semantics.md#convolutions. TFLite's hybrid kernels are not defined for the weight -128 (their
// vector instructions overflow); no writer makes it.
#include "ops/core/convolution.h"

namespace pestle::ops {
namespace {

constexpr DTypeOption kBiasType{"quantized_bias_type", DType::kFloat32};

enum Operand { kInput, kFilter, kBias };

Status infer(Inference& in) {
  if (in.shape(kInput).rank() != 4 || in.shape(kFilter).rank() != 4) {
    return fail(ErrorCode::kInvalidModel, "input and filter must have rank 4");
  }
  const Shape& x = in.shape(kInput);
  const Shape& w = in.shape(kFilter);
  if (w[3] <= 0 || w[0] <= 0 || (x[3] != kUnknown && (x[3] <= 0 || x[3] % w[3] != 0 || w[0] % (x[3] / w[3]) != 0))) {
    return misfit_channels(x, w);
  }
  return infer_convolved(in, w[0]);
}

// The products of each output, in the order ky, kx, c (see convolution.h).
struct Products {
  WindowGrid grid;
  int64_t batches, in_c, out_c, filter_c;

  template <typename Acc, typename Term, typename Finish>
  void operator()(Acc zero, Term term, Finish finish) const {
    const int64_t per_group = out_c / (in_c / filter_c);
    int64_t index = 0;
    for_each_position(grid, batches, [&](int64_t b, int64_t i, int64_t j) {
      for (int64_t o = 0; o < out_c; ++o) {
        Acc acc = zero;
        for_each_tap(grid, i, j, [&](int64_t ky, int64_t kx, int64_t y, int64_t x) {
          const int64_t at_x = ((b * grid.in_h + y) * grid.in_w + x) * in_c + o / per_group * filter_c;
          const int64_t at_w = ((o * grid.kernel.h + ky) * grid.kernel.w + kx) * filter_c;
          for (int64_t c = 0; c < filter_c; ++c) acc = term(acc, at_x + c, at_w + c);
        });
        finish(index++, o, acc);
      }
    });
  }
};

Status evaluate(const Evaluation& e) {
  const InputOperand& filter = e.inputs[kFilter];
  const Shape& x = e.inputs[kInput].shape();
  const Shape& w = filter.shape();
  // TFLite's float x int8 kernel quantizes symmetrically only if all channels share a scale.
  const bool one_scale = filter.dtype() != DType::kFloat32 && has_equal_scales(*filter.type);
  const Convolution convolution{.input = e.inputs[kInput],
                                .filter = filter,
                                .bias = e.has(kBias) ? &e.inputs[kBias] : nullptr,
                                .output = e.outputs[0],
                                .activation = kFusedActivation(e.node),
                                .channel_axis = 0,
                                .hybrid_range = one_scale ? HybridRange::kSymmetric : HybridRange::kAsymmetric,
                                .scales_first = one_scale};
  return evaluate_convolution(convolution, Products{*window_grid(e.node, x, {w[1], w[2]}), x[0], x[3], w[0], w[3]});
}

int64_t macs(const NodeView& view) {
  const Shape& w = view.input(kFilter).shape;
  return view.output(0).shape.elements() * w[1] * w[2] * w[3];
}

int version(const NodeView& view, int row_version) {
  const bool per_channel = view.input(kFilter).quantization && view.input(kFilter).quantization->per_channel();
  if (view.input(kInput).dtype == DType::kInt16 && kBiasType(view.node()) != DType::kFloat32) return 8;
  if (view.input(kFilter).dtype == DType::kInt4) return 7;
  if (view.input(kInput).shape[3] != view.input(kFilter).shape[3]) return 6;
  const bool hybrid = view.input(kInput).dtype == DType::kFloat32 && view.input(kFilter).dtype == DType::kInt8;
  return hybrid && per_channel ? 5 : row_version;
}

}  // namespace

const OpDef& op_conv_2d() {
  static const OpDef def = [] {
    OpDef conv = convolution_operator("CONV_2D", 3, 0);
    conv.options_record = "Conv2DOptions";
    conv.summary = "y[b,i,j,o] = act(bias[o] + sum w[o,ky,kx,c] x[b,i*s-p+ky*d,j*s-p+kx*d,c])";
    conv.options = {kPadding.info(),   kStrideW.info(),   kStrideH.info(), kFusedActivation.info(),
                    kDilationW.info(), kDilationH.info(), kBiasType.info()};
    conv.types = {{"float32", {kF32, kF32, kF32}, {kF32}, 1},
                  {"hybrid", {kF32, kI8 | kI4, kF32}, {kF32}, 2},
                  {"uint8", {kU8, kU8, kI32}, {kU8}, 1},
                  {"int8", {kI8, kI8 | kI4, kI32}, {kI8}, 3},
                  {"int16x8", {kI16, kI8, kI64 | kI32}, {kI16}, 4}};
    conv.infer = infer;
    conv.evaluate = evaluate;
    conv.macs = macs;
    conv.version = version;
    return conv;
  }();
  return def;
}

}  // namespace pestle::ops
