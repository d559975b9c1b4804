// TRANSPOSE_CONV
//   y[b,i,j,o] = act(bias[o] + sum over ky,kx,c of w[o,ky,kx,c] * x[b, (i + ph - ky)/sh, (j + pw - kx)/sw, c])
//   over the taps where both quotients are whole and inside x: the gradient of a convolution from y's shape to x's.
//   y's shape is operand 0, x [B,H,W,C], w [O,KH,KW,C], bias [O]. Per-channel weights have scales along axis 0.
// Arithmetic: docs/semantics.md#convolutions.
#include "ops/core/convolution.h"
#include "ops/core/op_def.h"
#include "ops/core/window.h"

namespace pestle::ops {
namespace {

constexpr DTypeOption kBiasType{"quantized_bias_type", DType::kFloat32};

enum Operand { kOutputShape, kFilter, kInput, kBias };

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  const Shape& w = in.shape(kFilter);
  if (x.rank() != 4 || w.rank() != 4) return fail(ErrorCode::kInvalidModel, "input and filter must have rank 4");
  if (w[0] <= 0 || w[3] <= 0 || (x[3] != kUnknown && x[3] != w[3])) {
    return misfit_channels(x, w);
  }
  PESTLE_TRY(check_bias(in, kBias, w[0]));
  PESTLE_TRY(check_clamp(kFusedActivation(in.node())));
  Shape y{x[0], kUnknown, kUnknown, w[0]};
  if (const auto given = in.ints(kOutputShape)) {
    y = Shape(*given);
    const bool fits = y.rank() == 4 && y[3] == w[0] && (x[0] == kUnknown || y[0] == x[0]) && y[1] > 0 && y[2] > 0;
    if (!fits)
      return fail(ErrorCode::kInvalidModel,
                  "the output shape " + to_string(y) + " does not fit the input " + to_string(x));
  }
  if (!window_grid(in.node(), y, {w[1], w[2]})) {
    return fail(ErrorCode::kInvalidModel, "the window does not fit the output " + to_string(y));
  }
  in.set(0, in.dtype(kInput), std::move(y));
  return {};
}

// The position along one axis that reaches output `at` through tap `tap`, or -1.
int64_t source(int64_t at, int64_t before, int64_t tap, int64_t stride, int64_t extent) {
  const int64_t reach = at + before - tap;
  return reach < 0 || reach % stride != 0 || reach / stride >= extent ? -1 : reach / stride;
}

// The products of each output (see convolution.h), in the order of the input: TFLite scatters input by input, which
// is ky and kx downwards. The grid is that of the convolution from
// y to x, so its positions are x's pixels and its image is y.
struct Products {
  WindowGrid grid;
  Shape x, y;

  template <typename Acc, typename Term>
  Acc sum(int64_t b, int64_t i, int64_t j, int64_t o, Acc acc, Term term) const {
    for (int64_t ky = grid.kernel.h - 1; ky >= 0; --ky) {
      const int64_t row = source(i, grid.pad_h, ky, grid.stride_h, x[1]);
      for (int64_t kx = grid.kernel.w - 1; row >= 0 && kx >= 0; --kx) {
        const int64_t column = source(j, grid.pad_w, kx, grid.stride_w, x[2]);
        if (column < 0) continue;
        const int64_t at_x = ((b * x[1] + row) * x[2] + column) * x[3];
        const int64_t at_w = ((o * grid.kernel.h + ky) * grid.kernel.w + kx) * x[3];
        for (int64_t c = 0; c < x[3]; ++c) acc = term(acc, at_x + c, at_w + c);
      }
    }
    return acc;
  }

  template <typename Acc, typename Term, typename Finish>
  void operator()(Acc zero, Term term, Finish finish) const {
    const int64_t total = y.elements();
    for (int64_t index = 0; index < total; ++index) {
      const int64_t o = index % y[3], j = index / y[3] % y[2], i = index / y[3] / y[2] % y[1];
      finish(index, o, sum(index / y[3] / y[2] / y[1], i, j, o, zero, term));
    }
  }
};

// Float activations, int8 weights. Unlike the other convolutions, TFLite scales each product and sums in float32.
void evaluate_hybrid(const Convolution& c, const Products& products) {
  const ir::Quantization& filter = *c.filter.type->quantization;
  const int8_t* w = c.filter.as<int8_t>();
  const int64_t per_image = products.x[1] * products.x[2] * products.x[3];
  const int64_t per_channel = products.grid.kernel.h * products.grid.kernel.w * products.x[3];
  const HybridRows rows = quantize_rows({c.input.as<float>(), products.x[0], per_image}, HybridRange::kAsymmetric);
  const float* bias = c.bias ? c.bias->as<float>() : nullptr;
  float* y = c.output.as<float>();
  const FloatRange range = float_range(c.activation);
  products(
      0.0f,
      [&](float acc, int64_t i, int64_t k) {
        const auto product = static_cast<float>((rows.codes[i] - rows.zero_points[i / per_image]) * w[k]);
        return acc + product * filter.scale_at(k / per_channel) * rows.scales[i / per_image];
      },
      [=](int64_t i, int64_t o, float acc) { y[i] = clamp_to(bias ? acc + bias[o] : acc, range); });
}

Status evaluate(const Evaluation& e) {
  const Shape& y = e.outputs[0].shape();
  const Shape& w = e.inputs[kFilter].shape();
  const Convolution convolution{.input = e.inputs[kInput],
                                .filter = e.inputs[kFilter],
                                .bias = e.has(kBias) ? &e.inputs[kBias] : nullptr,
                                .output = e.outputs[0],
                                .activation = kFusedActivation(e.node),
                                .channel_axis = 0};
  const Products products{*window_grid(e.node, y, {w[1], w[2]}), e.inputs[kInput].shape(), y};
  if (e.inputs[kInput].dtype() == DType::kFloat32 && e.inputs[kFilter].dtype() == DType::kInt8) {
    evaluate_hybrid(convolution, products);
    return {};
  }
  return evaluate_convolution(convolution, products);
}

int64_t macs(const NodeView& view) {
  const Shape& w = view.input(kFilter).shape;
  return view.input(kInput).shape.elements() * w[0] * w[1] * w[2];
}

int version(const NodeView& view, int row_version) {
  if (view.input(kInput).dtype == DType::kInt16 && kBiasType(view.node()) != DType::kFloat32) return 5;
  if (kFusedActivation(view.node()) != FusedActivation::kNone) return 4;
  return view.has_input(kBias) ? 3 : row_version;
}

}  // namespace

const OpDef& op_transpose_conv() {
  static const OpDef def = {
      .name = "TRANSPOSE_CONV",
      .code = 67,
      .options_record = "TransposeConvOptions",
      .summary = "y[b,i,j,o] = act(bias[o] + sum w[o,ky,kx,c] x[b,(i+p-ky)/s,(j+p-kx)/s,c])",
      .inputs = {{"output_shape"}, {"filter"}, {"input"}, {"bias", OperandDef::kOptional}},
      .outputs = {{"output"}},
      .options = {kPadding.info(), kStrideW.info(), kStrideH.info(), kFusedActivation.info(), kBiasType.info()},
      .types = {{"float32", {kI32, kF32, kF32, kF32}, {kF32}, 1},
                {"hybrid", {kI32, kI8, kF32, kF32}, {kF32}, 2},
                {"uint8", {kI32, kU8, kU8, kI32}, {kU8}, 1},
                {"int8", {kI32, kI8, kI8, kI32}, {kI8}, 2},
                {"int16x8", {kI32, kI8, kI16, kI64 | kI32}, {kI16}, 2}},
      .traits = {.applies_activation = true},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true,
                       .int16 = true,
                       .symmetric_int16 = true,
                       .inputs = {kNoRule, weight_rule(0), kActivationRule, kBiasRule},
                       .outputs = {kActivationRule},
                       .hybrid_weight = kFilter,
                       .hybrid_per_channel = true},
      .layout = {LayoutKind::kBlocks},
      .macs = macs,
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
