// Volumes, spectra, boxes and random numbers.
#include "parity/generator.h"

namespace pestle::parity {
namespace {

struct Volume {
  Shape input, filter;  // [D,H,W] of both
};

Volume draw_volume(Case& c) {
  const bool same = c.chance(50);
  c.set("padding", std::string(same ? "SAME" : "VALID"));
  Volume volume;
  const char* strides[] = {"stride_d", "stride_h", "stride_w"};
  const char* dilations[] = {"dilation_d_factor", "dilation_h_factor", "dilation_w_factor"};
  for (int axis = 0; axis < 3; ++axis) {
    const int64_t kernel = c.integer(1, 3), dilation = c.chance(20) ? 2 : 1;
    volume.filter.push_back(kernel);
    volume.input.push_back((same ? 1 : (kernel - 1) * dilation + 1) + c.integer(0, 3));
    c.set(strides[axis], c.integer(1, 2));
    c.set(dilations[axis], dilation);
  }
  return volume;
}

Status draw_conv_3d(Case& c) {
  const Volume v = draw_volume(c);
  const int64_t in_c = c.integer(1, 4), out_c = c.integer(1, 4);
  c.input({c.in(0), {c.integer(1, 2), v.input[0], v.input[1], v.input[2], in_c}, nullptr});
  c.constant({c.in(1), {v.filter[0], v.filter[1], v.filter[2], in_c, out_c}, nullptr}, Range{-1, 1});
  if (c.chance(70)) c.bias(DType::kFloat32, out_c, 1);
  c.fused_activation();
  return {};
}

Status draw_conv_3d_transpose(Case& c) {
  const bool same = c.chance(50);
  c.set("padding", std::string(same ? "SAME" : "VALID"));
  const char* strides[] = {"stride_d", "stride_h", "stride_w"};
  const int64_t in_c = c.integer(1, 4), out_c = c.integer(1, 4), batches = c.integer(1, 2);
  Shape x{batches}, w, y{batches};
  for (const char* name : strides) {
    const int64_t stride = c.integer(1, 2), kernel = c.integer(1, 3), extent = c.integer(1, 4);
    c.set(name, stride);
    x.push_back(extent);
    w.push_back(kernel);
    y.push_back(same ? extent * stride : (extent - 1) * stride + kernel);
  }
  x.push_back(in_c);
  y.push_back(out_c);
  w.push_back(out_c);
  w.push_back(in_c);
  c.constant_ints(DType::kInt32, {y.begin(), y.end()});
  c.constant({c.in(1), w, nullptr}, Range{-1, 1});
  c.input({c.in(2), x, nullptr});
  if (c.chance(70)) c.constant({DType::kFloat32, {out_c}, nullptr}, Range{-2, 2});
  c.fused_activation();
  return {};
}

Status draw_rfft2d(Case& c) {
  Shape shape = c.shape(static_cast<int>(c.integer(0, 2)), 3);
  shape.push_back(c.integer(1, 9));
  shape.push_back(c.integer(1, 9));
  c.input({c.in(0), shape, nullptr});
  c.constant_ints(DType::kInt32, {c.any_of<int64_t>({1, 2, 4, 8}), c.any_of<int64_t>({2, 4, 8, 16})});
  return {};
}

Status draw_suppression(Case& c) {
  const int64_t count = c.integer(1, 12);
  const bool soft = std::string_view(c.def().name) == "NON_MAX_SUPPRESSION_V5";
  c.input({DType::kFloat32, {count, 4}, nullptr}, Range{0, 1});
  c.input({DType::kFloat32, {count}, nullptr}, Range{0, 1});
  c.constant_ints(DType::kInt32, Shape{}, {c.integer(1, 10)});
  for (double value : {c.real(0.1, 0.9), c.real(0, 0.5)})
    c.constant({DType::kFloat32, {}, nullptr}, Range{value, value});
  if (soft) {
    const double sigma = c.chance(50) ? 0 : c.real(0.1, 1);
    c.constant({DType::kFloat32, {}, nullptr}, Range{sigma, sigma});
  }
  c.outputs(soft ? 3 : 2);
  for (int i = 0; i < (soft ? 3 : 2); ++i) c.declared(i).dtype = c.out(i);
  return {};
}

void draw_seeds(Case& c) {
  c.set("seed", c.integer(1, int64_t{1} << 40));
  c.set("seed2", c.integer(0, int64_t{1} << 40));
}

Status draw_random(Case& c) {
  const Shape shape = c.shape(static_cast<int>(c.integer(1, 3)), 6);
  c.constant_ints(DType::kInt32, {shape.begin(), shape.end()});
  draw_seeds(c);
  return {};
}

Status draw_multinomial(Case& c) {
  c.input({DType::kFloat32, {c.integer(1, 4), c.integer(1, 6)}, nullptr}, Range{-3, 3});
  c.constant_ints(DType::kInt32, Shape{}, {c.integer(1, 9)});
  c.declared(0).dtype = c.out(0);
  draw_seeds(c);
  return {};
}

}  // namespace

std::vector<Generator> generators_volumes() {
  return {{.operators = {"CONV_3D"}, .draw = draw_conv_3d},
          {.operators = {"CONV_3D_TRANSPOSE"}, .draw = draw_conv_3d_transpose, .each_input = {2}},
          {.operators = {"RFFT2D"}, .draw = draw_rfft2d},
          {.operators = {"NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5"}, .draw = draw_suppression},
          {.operators = {"RANDOM_UNIFORM", "RANDOM_STANDARD_NORMAL"}, .draw = draw_random},
          {.operators = {"MULTINOMIAL"}, .draw = draw_multinomial, .each_input = {}, .each_output = {0}}};
}

}  // namespace pestle::parity
