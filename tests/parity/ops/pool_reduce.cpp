// Pools, resizes and reductions.
#include <cmath>

#include "parity/generator.h"

namespace pestle::parity {
namespace {

Status draw_pool(Case& c) {
  const bool same = c.chance(50);
  const int64_t kernel_h = c.integer(1, 4), kernel_w = c.integer(1, 4);
  const int64_t h = (same ? 1 : kernel_h) + c.integer(0, 8), w = (same ? 1 : kernel_w) + c.integer(0, 8);
  c.input(c.type(c.in(0), {c.chance(70) ? 1 : 2, h, w, c.chance(20) ? c.integer(16, 40) : c.integer(1, 9)}));
  c.set("padding", std::string(same ? "SAME" : "VALID"));
  c.set("stride_h", c.integer(1, 3));
  c.set("stride_w", c.integer(1, 3));
  c.set("filter_height", kernel_h);
  c.set("filter_width", kernel_w);
  c.like(0);
  return {};
}

Status draw_resize(Case& c) {
  c.input(c.type(c.in(0), {c.chance(70) ? 1 : 2, c.integer(1, 9), c.integer(1, 9), c.integer(1, 5)}));
  c.constant_ints(DType::kInt32, {c.integer(1, 14), c.integer(1, 14)});
  const int64_t rule = c.integer(0, 2);  // both at once is refused by TFLite
  if (rule == 1) c.set("align_corners", true);
  if (rule == 2) c.set("half_pixel_centers", true);
  c.like(0);
  return {};
}

// Axes to reduce: some, rarely none, now and then counted from the end or named twice.
void draw_axes(Case& c, int rank) {
  std::vector<int64_t> axes;
  for (int axis = 0; axis < rank; ++axis) {
    if (c.chance(50)) axes.push_back(c.chance(20) ? axis - rank : axis);
  }
  if (axes.empty()) axes.push_back(c.integer(0, rank - 1));
  if (c.chance(5)) axes.push_back(axes[0]);
  c.constant_ints(DType::kInt32, axes);
  if (c.chance(50)) c.set("keep_dims", true);
}

Status draw_mean(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 5));
  c.input(c.type(c.in(0), c.shape(rank, rank > 3 ? 4 : 9)));
  draw_axes(c, rank);
  return c.fit();
}

Status draw_extreme(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 5));
  c.input(c.type(c.in(0), c.shape(rank, 4)));
  draw_axes(c, rank);
  c.like(0);
  return {};
}

// Few factors near 1: a long product is zero or out of every range.
Status draw_product(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 3));
  c.input(c.spanning(c.in(0), c.shape(rank, 3), 2, 4), c.quantized() ? std::nullopt : std::optional(Range{-4, 4}));
  draw_axes(c, rank);
  PESTLE_TRY(c.fit());
  if (!c.quantized()) return {};
  // The multiplier of a step, s_x / s_y^(1/n), must stay below 2^8.
  const ir::Type& x = c.operand(0).type;
  double n = 1;
  std::vector<bool> counted(rank);
  for (int64_t axis : to_int64s(c.operand(1).data.view())) {
    const auto at = static_cast<size_t>(axis < 0 ? axis + rank : axis);
    if (!counted[at]) n *= static_cast<double>(x.shape[static_cast<int>(at)]);
    counted[at] = true;
  }
  const double step = x.scale() / std::pow(c.declared(0).quantization->scale[0], 1 / n);
  return step < 128 ? Status() : fail(ErrorCode::kInvalidArgument, "the input's scale is too large for the output's");
}

Status draw_logical(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 4));
  c.input({c.in(0), c.shape(rank, 3), nullptr});
  draw_axes(c, rank);
  return {};
}

Status draw_arg(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 4));
  // Few distinct values, so that the first of several extremes is asked for.
  const bool few = c.chance(50);
  const double low = c.in(0) == DType::kUInt8 ? 100 : -2;
  c.input(c.type(c.in(0), c.shape(rank)), few ? std::optional(Range{low, low + 4}) : std::nullopt);
  c.constant_ints(c.in(1), Shape{}, {c.integer(-rank, rank - 1)});
  c.set("output_type", std::string(c.out(0) == DType::kInt64 ? "INT64" : "INT32"));
  c.declared(0).dtype = c.out(0);
  return {};
}

Status draw_cumsum(Case& c) {
  const int rank = static_cast<int>(c.integer(1, 4));
  c.input(c.type(c.in(0), c.shape(rank)));
  c.constant_ints(DType::kInt32, Shape{}, {c.integer(-rank, rank - 1)});
  if (c.chance(50)) c.set("exclusive", true);
  if (c.chance(50)) c.set("reverse", true);
  return {};
}

}  // namespace

std::vector<Generator> generators_pool_reduce() {
  return {{.operators = {"AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D"}, .draw = draw_pool},
          {.operators = {"RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"}, .draw = draw_resize},
          {.operators = {"MEAN"}, .draw = draw_mean, .rescales = true},
          {.operators = {"SUM"}, .draw = draw_mean},
          {.operators = {"REDUCE_MAX", "REDUCE_MIN"}, .draw = draw_extreme},
          {.operators = {"REDUCE_PROD"}, .draw = draw_product},
          {.operators = {"REDUCE_ANY", "REDUCE_ALL"}, .draw = draw_logical},
          {.operators = {"ARG_MAX", "ARG_MIN"}, .draw = draw_arg, .each_input = {0}, .each_output = {0}},
          {.operators = {"CUMSUM"}, .draw = draw_cumsum}};
}

}  // namespace pestle::parity
