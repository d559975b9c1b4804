// Convolution2DTransposeBias (custom, of MediaPipe's models)
//   y[b, i*sh - ph + ky, j*sw - pw + kx, o] += w[o,ky,kx,c] * x[b,i,j,c] over all i, j, ky, kx, c, on top of bias[o].
//   x [B,H,W,C], w [O,KH,KW,C], bias [O]. SAME cuts max(0, KH - (H-1) mod sh - 1) rows in all off, half of them
//   (rounded down) before. The options are three little-endian int32: padding (1 SAME, 2 VALID), stride_w, stride_h.
#include <algorithm>
#include <cmath>

#include "ops/core/convolution.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kFilter, kBias };

struct Options {
  int32_t padding = 0, stride_w = 0, stride_h = 0;
};

Result<Options> options_of(const ir::Node& node) {
  constexpr int32_t kMostStride = 1 << 16;
  int32_t fields[3] = {};
  if (node.custom_options.size() < sizeof(fields)) return fail(ErrorCode::kInvalidModel, "its options are too short");
  for (size_t i = 0; i < sizeof(fields); ++i) {
    const uint32_t byte = static_cast<uint8_t>(node.custom_options[i]);
    fields[i / 4] = static_cast<int32_t>(static_cast<uint32_t>(fields[i / 4]) | byte << (8 * (i % 4)));
  }
  const Options options{fields[0], fields[1], fields[2]};
  if (options.stride_w < 1 || options.stride_h < 1 || std::max(options.stride_w, options.stride_h) > kMostStride)
    return fail(ErrorCode::kInvalidModel, "a stride is below 1 or absurd");
  return options;
}

struct Axis {
  int64_t out = 0, before = 0;
};

Axis axis_of(int64_t in, int64_t kernel, int64_t stride, int32_t padding) {
  constexpr int32_t kSamePadding = 1;
  const int64_t cut = padding == kSamePadding ? std::max<int64_t>(0, kernel - (in - 1) % stride - 1) : 0;
  return {stride * (in - 1) + kernel - cut, cut / 2};
}

Status infer(Inference& in) {
  PESTLE_ASSIGN(const Options options, options_of(in.node()));
  const Shape& x = in.shape(kInput);
  const Shape& w = in.shape(kFilter);
  if (x.rank() != 4 || w.rank() != 4 || !w.is_static() || (x[3] != kUnknown && x[3] != w[3]) || x[1] == 0 || x[2] == 0)
    return fail(ErrorCode::kInvalidModel, "an input " + to_string(x) + " does not fit a filter " + to_string(w));
  PESTLE_TRY(check_bias(in, kBias, w[0]));
  Shape y{x[0], kUnknown, kUnknown, w[0]};
  if (x[1] != kUnknown) y[1] = axis_of(x[1], w[1], options.stride_h, options.padding).out;
  if (x[2] != kUnknown) y[2] = axis_of(x[2], w[2], options.stride_w, options.padding).out;
  if (y[1] == 0 || y[2] == 0) return fail(ErrorCode::kInvalidModel, "nothing is left of the output");
  in.set(0, in.dtype(kInput), std::move(y));
  return {};
}

Status evaluate(const Evaluation& e) {
  PESTLE_ASSIGN(const Options options, options_of(e.node));
  const Shape& x = e.inputs[kInput].shape();
  const Shape& w = e.inputs[kFilter].shape();
  const Shape& y = e.outputs[0].shape();
  const int64_t before_h = axis_of(x[1], w[1], options.stride_h, options.padding).before;
  const int64_t before_w = axis_of(x[2], w[2], options.stride_w, options.padding).before;
  float* out = e.outputs[0].as<float>();
  for (int64_t i = 0; i < y.elements(); ++i) out[i] = e.inputs[kBias].as<float>()[i % y[3]];
  const int64_t pixels = x[0] * x[1] * x[2], taps = w[1] * w[2];
  for (int64_t pixel = 0; pixel < pixels; ++pixel) {
    const int64_t row = pixel / x[2] % x[1] * options.stride_h - before_h;
    const int64_t column = pixel % x[2] * options.stride_w - before_w;
    const float* from = e.inputs[kInput].as<float>() + pixel * x[3];
    for (int64_t tap = 0; tap < taps; ++tap) {
      const int64_t i = row + tap / w[2], j = column + tap % w[2];
      if (i < 0 || i >= y[1] || j < 0 || j >= y[2]) continue;
      float* to = out + ((pixel / (x[1] * x[2]) * y[1] + i) * y[2] + j) * y[3];
      for (int64_t o = 0; o < y[3]; ++o) {
        const float* weights = e.inputs[kFilter].as<float>() + (o * taps + tap) * x[3];
        for (int64_t c = 0; c < x[3]; ++c) to[o] = std::fma(from[c], weights[c], to[o]);
      }
    }
  }
  return {};
}

int64_t macs(const NodeView& view) {
  const Shape& w = view.input(kFilter).shape;
  return view.input(kInput).shape.elements() * w[0] * w[1] * w[2];
}

}  // namespace

const OpDef& op_convolution2d_transpose_bias() {
  static const OpDef def = {
      .name = "Convolution2DTransposeBias",
      .code = kCustomCode,
      .options_record = "",
      .summary = "y[b,i*s-p+ky,j*s-p+kx,o] = bias[o] + sum w[o,ky,kx,c] x[b,i,j,c]",
      .inputs = {{"input"}, {"filter"}, {"bias"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"float32", {kF32, kF32, kF32}, {kF32}, 1}},
      .infer = infer,
      .evaluate = evaluate,
      .layout = {LayoutKind::kBlocks},
      .macs = macs,
  };
  return def;
}

}  // namespace pestle::ops
