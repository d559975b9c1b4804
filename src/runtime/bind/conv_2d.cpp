// CONV_2D by matrix product: every output pixel is a row, its taps are pointers into the image (padding: a row of zero
// points), so that nothing is copied. 1x1 convolutions of stride 1 read the image as it lies. Groups are one product
// each, on their own channels of the pixels.
#include <algorithm>
#include <cstring>

#include "ops/core/requantize.h"
#include "ops/core/window.h"
#include "runtime/hybrid.h"
#include "runtime/product.h"

namespace pestle::runtime {
namespace {

struct Conv2D {
  std::vector<Product> products;  // one a group
  ops::WindowGrid grid;
  int64_t images;
  size_t pixel_bytes;      // of the image: all channels
  size_t out_pixel_bytes;  // of the result: all channels
  PackedMemory zero_row;   // a pixel of real zeros

  int64_t pixels() const { return grid.out_h * grid.out_w; }
  size_t image_bytes() const { return static_cast<size_t>(grid.in_h * grid.in_w) * pixel_bytes; }

  // `count` images that lie one after the other; `zeros` stands for the pixels around them.
  struct Images {
    const std::byte* data;
    const std::byte* zeros;
    int64_t count;
  };

  void run(const Images& in, std::byte* out, ThreadPool& pool) const {
    if (reads_in_place()) return products[0].run_dense(in.data, in.count * pixels(), out, pool);
    pool.parallel_ranges(in.count * pixels(), products[0].tile_rows(), [&](int64_t first, int64_t last) {
      // A few tiles at a time: their pointers stay in the first-level cache.
      const int64_t chunk = int64_t{4} * products[0].tile_rows();
      const int64_t taps = products[0].shape().taps;
      std::vector<const void*> rows(static_cast<size_t>(chunk * taps));
      for (int64_t m = first; m < last; m += chunk) {
        const int64_t count = std::min(chunk, last - m);
        for (int64_t i = 0; i < count; ++i) point_to_taps(in, m + i, rows.data() + i * taps);
        run_groups({rows.data(), static_cast<size_t>(count * taps)}, static_cast<int>(count),
                   out + static_cast<size_t>(m) * out_pixel_bytes);
      }
    });
  }

 private:
  bool reads_in_place() const {
    return products.size() == 1 && products[0].shape().taps == 1 && grid.stride_h == 1 && grid.stride_w == 1;
  }

  // The pointers move on to the next group's channels after each product.
  void run_groups(std::span<const void*> taps, int count, std::byte* out) const {
    for (const Product& product : products) {
      const int n = product.shape().n;
      product.run({.rows = taps.data()}, count, {0, n}, out);
      out += static_cast<size_t>(n) * product.out_bytes();
      const size_t group_bytes = static_cast<size_t>(product.shape().channels) * product.left_bytes();
      if (products.size() == 1) return;
      for (const void*& tap : taps) tap = static_cast<const std::byte*>(tap) + group_bytes;
    }
  }

  void point_to_taps(const Images& in, int64_t pixel, const void** taps) const {
    const int64_t j = pixel % grid.out_w;
    const int64_t i = pixel / grid.out_w % grid.out_h;
    const std::byte* own = in.data + static_cast<size_t>(pixel / pixels()) * image_bytes();
    for (int64_t ky = 0; ky < grid.kernel.h; ++ky) {
      const int64_t y = i * grid.stride_h - grid.pad_h + ky * grid.dilation_h;
      for (int64_t kx = 0; kx < grid.kernel.w; ++kx) {
        const int64_t x = j * grid.stride_w - grid.pad_w + kx * grid.dilation_w;
        const bool inside = y >= 0 && y < grid.in_h && x >= 0 && x < grid.in_w;
        *taps++ = inside ? own + static_cast<size_t>(y * grid.in_w + x) * pixel_bytes : in.zeros;
      }
    }
  }
};

// One pixel of real zeros.
PackedMemory make_zero_row(const ir::Type& input, size_t bytes) {
  PackedMemory row(bytes);
  std::memset(row.data(), 0, bytes);
  if (input.dtype == DType::kInt8 || input.dtype == DType::kUInt8)
    std::memset(row.data(), input.zero_point() & 0xff, bytes);
  return row;
}

// One product a group; nothing if no kernel takes the types.
std::optional<std::vector<Product>> make_products(const BindRequest& request) {
  const Shape& w = request.input(1).shape;
  const auto groups = static_cast<int>(request.input(0).shape[3] / w[3]);
  const auto channels = static_cast<int>(w[0]);
  std::vector<Product> products;
  for (int g = 0; g < groups; ++g) {
    const int n = channels / groups;
    auto product = Product::make(request, {.shape = {n, static_cast<int>(w[1] * w[2]), static_cast<int>(w[3])},
                                           .activation = ops::kFusedActivation(request.node()),
                                           .rescaling = Rescaling::kFixedPoint,
                                           .first_channel = g * n,
                                           .out_stride = channels});
    if (!product) return std::nullopt;
    products.push_back(std::move(*product));
  }
  return products;
}

// Float image, int8 weights: every image is quantized by its own range.
struct HybridConv2D {
  Conv2D conv;
  HybridScaling scaling;
  ops::HybridRange range;
  int64_t values;  // of an image

  // Scratch: the codes of an image, then a pixel of its zero point.
  size_t scratch_bytes() const { return conv.image_bytes() + conv.pixel_bytes; }

  void run(const StepContext& context) const {
    std::byte* zeros = context.scratch + conv.image_bytes();
    for (int64_t b = 0; b < conv.images; ++b) {
      auto* codes = reinterpret_cast<int8_t*>(context.scratch);
      const ops::RowParameters row = quantize_row(context.in<float>(0) + b * values, values, range, codes);
      std::memset(zeros, row.zero_point & 0xff, conv.pixel_bytes);
      std::byte* out = context.outputs[0] + static_cast<size_t>(b * conv.pixels()) * conv.out_pixel_bytes;
      conv.run({context.scratch, zeros, 1}, out, context.pool);
      context.pool.parallel_ranges(conv.pixels(), 16, [&](int64_t first, int64_t last) {
        scaling.finish(row, last - first, out + static_cast<size_t>(first) * conv.out_pixel_bytes);
      });
    }
  }
};

Step bind_hybrid(const BindRequest& request, Conv2D conv) {
  const char* name = conv.products[0].kernel_name();
  // The reference quantizes symmetrically only if all channels share a scale, and then joins the scales first.
  const bool one_scale = ops::has_equal_scales(request.input(1));
  const HybridSpec spec{
      .channel_axis = 0, .scales_first = one_scale, .activation = ops::kFusedActivation(request.node())};
  const Shape& x = request.input(0).shape;
  auto hybrid = std::make_shared<HybridConv2D>(
      HybridConv2D{std::move(conv), HybridScaling::make(request, spec),
                   one_scale ? ops::HybridRange::kSymmetric : ops::HybridRange::kAsymmetric, x[1] * x[2] * x[3]});
  return {name,
          [hybrid](const StepContext& context) {
            hybrid->run(context);
            return Status{};
          },
          hybrid->scratch_bytes()};
}

std::optional<Step> bind(const BindRequest& request) {
  const Shape& x = request.input(0).shape;
  const Shape& w = request.input(1).shape;
  if (request.output(0).shape.elements() == 0) return std::nullopt;
  auto products = make_products(request);
  if (!products) return std::nullopt;
  const Product& first = (*products)[0];
  const size_t pixel_bytes = static_cast<size_t>(x[3]) * first.left_bytes();
  const size_t out_pixel_bytes = static_cast<size_t>(w[0]) * first.out_bytes();
  const bool raw = first.is_raw();
  const char* name = first.kernel_name();
  Conv2D conv{std::move(*products), *ops::window_grid(request.node(), x, {w[1], w[2]}), x[0], pixel_bytes,
              out_pixel_bytes,      make_zero_row(request.input(0), pixel_bytes)};
  if (raw) return bind_hybrid(request, std::move(conv));
  auto shared = std::make_shared<Conv2D>(std::move(conv));
  const auto run = [shared](const StepContext& context) {
    shared->run({context.inputs[0], shared->zero_row.data(), shared->images}, context.outputs[0], context.pool);
    return Status{};
  };
  return Step{name, run, 0};
}

}  // namespace

const Binding& binding_conv_2d() {
  static const Binding binding{{"CONV_2D"}, bind};
  return binding;
}

}  // namespace pestle::runtime
