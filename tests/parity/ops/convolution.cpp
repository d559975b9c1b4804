// Operators with weights.
#include <algorithm>

#include "parity/generator.h"

namespace pestle::parity {
namespace {

struct Image {
  int64_t h, w, kernel_h, kernel_w;
};

// An image that every drawn window fits into, and the window's properties.
Image draw_windows(Case& c) {
  const bool same = c.chance(50);
  Image image{0, 0, c.integer(1, 4), c.integer(1, 4)};
  const int64_t dilation_h = c.chance(20) ? 2 : 1, dilation_w = c.chance(20) ? c.integer(2, 3) : 1;
  const int64_t stride_h = c.integer(1, 3), stride_w = c.chance(70) ? stride_h : c.integer(1, 3);
  const int64_t least_h = same ? 1 : (image.kernel_h - 1) * dilation_h + 1;
  const int64_t least_w = same ? 1 : (image.kernel_w - 1) * dilation_w + 1;
  image.h = least_h + c.integer(0, 7);
  image.w = least_w + c.integer(0, 7);
  c.set("padding", std::string(same ? "SAME" : "VALID"));
  c.set("stride_h", stride_h);
  c.set("stride_w", stride_w);
  c.set("dilation_h_factor", dilation_h);
  c.set("dilation_w_factor", dilation_w);
  return image;
}

bool is_hybrid(const Case& c) { return c.in(0) == DType::kFloat32 && c.in(1) != DType::kFloat32; }

// TFLite's hybrid kernels multiply by SIMD instructions that are wrong for the weight -128; no writer makes it.
// DEPTHWISE_CONV_2D's reads one scale a channel whether the filter has them or not.
void draw_filter(Case& c, Shape shape, int axis) {
  if (c.in(0) == DType::kUInt8) {
    c.constant(c.type(DType::kUInt8, std::move(shape)));
  } else if (is_hybrid(c)) {
    c.constant(c.weight(c.in(1), std::move(shape), axis != 3 && c.chance(25) ? -1 : axis), Range{-127, 127});
  } else {
    c.constant(c.weight(c.in(1), std::move(shape), c.chance(25) ? -1 : axis));
  }
}

Status draw_conv_2d(Case& c) {
  const Image image = draw_windows(c);
  const int64_t batches = c.chance(70) ? 1 : c.integer(2, 3);
  const bool grouped = c.chance(15) && c.in(0) != DType::kUInt8 && c.in(0) == c.in(1);
  const int64_t groups = grouped ? c.integer(2, 3) : 1;
  const int64_t filter_c = c.chance(20) ? c.integer(16, 40) : c.integer(1, 9);
  const int64_t out_c = groups * (c.chance(20) ? c.integer(9, 40) : c.integer(1, 8));
  c.input(c.type(c.in(0), {batches, image.h, image.w, groups * filter_c}));
  draw_filter(c, {out_c, image.kernel_h, image.kernel_w, filter_c}, 0);
  c.bias(c.in(2), out_c, image.kernel_h * image.kernel_w * filter_c);
  if (c.in(0) == DType::kInt16 && c.in(2) == DType::kInt32) c.set("quantized_bias_type", std::string("INT32"));
  if (is_hybrid(c)) c.avoid_ties(0, batches);
  c.fused_activation();
  return c.fit();
}

Status draw_depthwise(Case& c) {
  const Image image = draw_windows(c);
  const int64_t batches = c.chance(70) ? 1 : c.integer(2, 3);
  const int64_t in_c = c.chance(20) ? c.integer(16, 40) : c.integer(1, 9);
  const int64_t multiplier = c.chance(70) ? 1 : c.integer(2, 4);
  c.input(c.type(c.in(0), {batches, image.h, image.w, in_c}));
  draw_filter(c, {1, image.kernel_h, image.kernel_w, in_c * multiplier}, 3);
  c.bias(c.in(2), in_c * multiplier, image.kernel_h * image.kernel_w);
  if (is_hybrid(c)) c.avoid_ties(0, batches);
  c.set("depth_multiplier", multiplier);
  c.fused_activation();
  return c.fit();
}

// The image is what a convolution of the output would give.
int64_t transposed_extent(Case& c, bool same, int64_t in, int64_t kernel, int64_t stride) {
  const int64_t rest = c.integer(0, stride - 1);
  return same ? in * stride - rest : (in - 1) * stride + kernel + rest;
}

Status draw_transpose_conv(Case& c) {
  const bool same = c.chance(50);
  const int64_t kernel_h = c.integer(1, 4), kernel_w = c.integer(1, 4);
  const int64_t stride_h = c.integer(1, 3), stride_w = c.chance(70) ? stride_h : c.integer(1, 3);
  const int64_t h = c.integer(1, 6), w = c.integer(1, 6), batches = c.chance(70) ? 1 : 2;
  const int64_t in_c = c.integer(1, 9), out_c = c.integer(1, 9);
  const DType data = c.in(2), filter = c.in(1);
  const bool hybrid = data == DType::kFloat32 && filter != DType::kFloat32;
  c.constant_ints(DType::kInt32, {batches, transposed_extent(c, same, h, kernel_h, stride_h),
                                  transposed_extent(c, same, w, kernel_w, stride_w), out_c});
  const Shape filter_shape{out_c, kernel_h, kernel_w, in_c};
  if (filter == DType::kUInt8) {
    c.constant(c.type(filter, filter_shape));
  } else if (hybrid) {
    c.constant(c.weight(filter, filter_shape, 0), Range{-127, 127});
  } else {
    c.constant(c.weight(filter, filter_shape, c.chance(25) ? -1 : 0));
  }
  c.input(c.type(data, {batches, h, w, in_c}));
  c.set("padding", std::string(same ? "SAME" : "VALID"));
  c.set("stride_h", stride_h);
  c.set("stride_w", stride_w);
  if (hybrid) c.avoid_ties(2, batches);
  if (c.chance(70)) {
    c.bias(c.in(3), out_c, kernel_h * kernel_w * in_c / (stride_h * stride_w), 2);
    if (data == DType::kInt16 && c.in(3) == DType::kInt32) c.set("quantized_bias_type", std::string("INT32"));
  }
  c.fused_activation();
  return c.fit();
}

Status draw_fully_connected(Case& c) {
  const DType data = c.in(0), filter = c.in(1);
  const bool hybrid = is_hybrid(c);
  const int64_t in_c = c.chance(30) ? c.integer(20, 200) : c.integer(1, 20);
  const int64_t out_c = c.chance(30) ? c.integer(9, 60) : c.integer(1, 9);
  Shape shape = c.shape(static_cast<int>(c.integer(1, 3)), 4);
  shape.push_back(in_c);
  c.input(c.type(data, shape));
  const bool per_channel = c.chance(60) && filter != DType::kInt16;
  if (filter == DType::kUInt8) {
    c.constant(c.type(filter, {out_c, in_c}));
  } else {
    const bool narrow = hybrid && filter == DType::kInt8;
    c.constant(c.weight(filter, {out_c, in_c}, per_channel ? 0 : -1),
               narrow ? std::optional(Range{-127, 127}) : std::nullopt);
  }
  if (c.chance(70)) {
    c.bias(c.in(2), out_c, in_c);
    if (data == DType::kInt16 && c.in(2) == DType::kInt32) c.set("quantized_bias_type", std::string("INT32"));
  } else {
    c.absent();
  }
  if (c.chance(50)) c.set("keep_num_dims", true);
  if (hybrid && c.chance(50)) c.set("asymmetric_quantize_inputs", true);
  if (hybrid) c.avoid_ties(0, shape.elements() / in_c);
  c.fused_activation();
  return c.fit();
}

}  // namespace

std::vector<Generator> generators_convolution() {
  return {{.operators = {"CONV_2D"}, .draw = draw_conv_2d, .each_input = {0, 1, 2}, .rescales = true},
          {.operators = {"DEPTHWISE_CONV_2D"}, .draw = draw_depthwise, .each_input = {0, 1, 2}, .rescales = true},
          {.operators = {"TRANSPOSE_CONV"}, .draw = draw_transpose_conv, .each_input = {1, 3}, .rescales = true},
          // LiteRT's reference multiplies by a double here: only int16 x int16 rescales by fixed point.
          {.operators = {"FULLY_CONNECTED"}, .draw = draw_fully_connected, .each_input = {0, 1, 2}}};
}

}  // namespace pestle::parity
