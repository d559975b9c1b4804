// CONV_2D by matrix product: every output pixel is a row, its taps are pointers into the image (padding: a row of zero
// points), so that nothing is copied. 1x1 convolutions of stride 1 read the image as it lies. Groups are one product
// each, on their own channels of the pixels. Where an image has few channels (the first layer), the taps of a filter
// row are joined to one that reads neighbouring pixels at once; an image with padding at the sides is copied once for
// that, with the padding.
#include <algorithm>
#include <cstring>

#include "ops/core/requantize.h"
#include "ops/core/window.h"
#include "runtime/hybrid.h"
#include "runtime/product.h"

namespace pestle::runtime {
namespace {

// How an image with joined taps is copied; widths in pixels. Nothing to do if both are the same.
struct SidePadding {
  int64_t left = 0;
  int64_t from_width = 0;
  int64_t to_width = 0;
  bool copies() const { return from_width != to_width; }
};

struct Conv2D {
  std::vector<Product> products;  // one a group
  ops::WindowGrid grid;           // of the image as the product reads it
  int64_t images;
  size_t pixel_bytes;      // of the image: all channels
  size_t out_pixel_bytes;  // of the result: all channels
  PackedMemory zero_row;   // real zeros for one tap
  SidePadding sides = {};

  int64_t pixels() const { return grid.out_h * grid.out_w; }
  size_t image_bytes() const { return static_cast<size_t>(grid.in_h * grid.in_w) * pixel_bytes; }

  // `count` images that lie one after the other; `zeros` stands for the pixels around them.
  struct Images {
    const std::byte* data;
    const std::byte* zeros;
    int64_t count;
  };

  void run(const StepContext& context) const {
    if (!sides.copies()) return run({context.inputs[0], zero_row.data(), images}, context.outputs[0], context.pool);
    const size_t from_bytes = static_cast<size_t>(grid.in_h * sides.from_width) * pixel_bytes;
    for (int64_t b = 0; b < images; ++b) {
      copy_with_sides(context.inputs[0] + static_cast<size_t>(b) * from_bytes, context.scratch, context.pool);
      std::byte* out = context.outputs[0] + static_cast<size_t>(b * pixels()) * out_pixel_bytes;
      run({context.scratch, zero_row.data(), 1}, out, context.pool);
    }
  }

  void run(const Images& in, std::byte* out, ThreadPool& pool) const {
    if (reads_in_place()) return products[0].run_dense(in.data, in.count * pixels(), out, pool);
    pool.parallel_ranges(in.count * pixels(), products[0].tile_rows(), [&](int64_t first, int64_t last) {
      // A few tiles at a time: their pointers stay in the first-level cache.
      const int64_t chunk = int64_t{4} * products[0].tile_rows();
      const int64_t taps = products[0].shape().taps;
      std::vector<const void*> rows(static_cast<size_t>(chunk * taps));
      for (int64_t m = first; m < last; m += chunk) {
        const int64_t count = std::min(chunk, last - m);
        point_to_taps(in, m, count, rows.data());
        run_groups({rows.data(), static_cast<size_t>(count * taps)}, static_cast<int>(count),
                   out + static_cast<size_t>(m) * out_pixel_bytes);
      }
    });
  }

 private:
  bool reads_in_place() const {
    return products.size() == 1 && products[0].shape().taps == 1 && grid.kernel.w == 1 && !sides.copies() &&
           grid.stride_h == 1 && grid.stride_w == 1 && grid.out_w == grid.in_w;
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

  // The taps of `count` output pixels from `first` on.
  void point_to_taps(const Images& in, int64_t first, int64_t count, const void** taps) const {
    int64_t j = first % grid.out_w;
    int64_t i = first / grid.out_w % grid.out_h;
    const std::byte* image = in.data + static_cast<size_t>(first / pixels()) * image_bytes();
    for (int64_t n = 0; n < count; ++n) {
      taps = point_to_window(image, {i * grid.stride_h - grid.pad_h, j * grid.stride_w - grid.pad_w, in.zeros}, taps);
      if (++j < grid.out_w) continue;
      j = 0;
      if (++i < grid.out_h) continue;
      i = 0;
      image += image_bytes();
    }
  }

  struct Corner {
    int64_t y, x;
    const std::byte* zeros;
  };
  const void** point_to_window(const std::byte* image, const Corner& corner, const void** taps) const {
    const auto below = [](int64_t at, int64_t extent) {
      return static_cast<uint64_t>(at) < static_cast<uint64_t>(extent);
    };
    for (int64_t ky = 0; ky < grid.kernel.h; ++ky) {
      const int64_t y = corner.y + ky * grid.dilation_h;
      const std::byte* row = image + y * grid.in_w * static_cast<int64_t>(pixel_bytes);
      for (int64_t kx = 0; kx < grid.kernel.w; ++kx) {
        const int64_t x = corner.x + kx * grid.dilation_w;
        *taps++ =
            below(y, grid.in_h) && below(x, grid.in_w) ? row + x * static_cast<int64_t>(pixel_bytes) : corner.zeros;
      }
    }
    return taps;
  }

  void copy_with_sides(const std::byte* from, std::byte* to, ThreadPool& pool) const {
    const size_t left = static_cast<size_t>(sides.left) * pixel_bytes;
    const size_t middle = static_cast<size_t>(std::min(sides.from_width, sides.to_width - sides.left)) * pixel_bytes;
    const size_t from_row = static_cast<size_t>(sides.from_width) * pixel_bytes;
    const size_t to_row = static_cast<size_t>(sides.to_width) * pixel_bytes;
    // The bytes of real zero are all alike, but for 16 bits, where they are 0.
    const int zero = static_cast<int>(zero_row.data()[0]);
    pool.parallel_ranges(grid.in_h, 16, [&](int64_t first, int64_t last) {
      for (int64_t y = first; y < last; ++y) {
        std::byte* row = to + static_cast<size_t>(y) * to_row;
        std::memset(row, zero, left);
        std::memcpy(row + left, from + static_cast<size_t>(y) * from_row, middle);
        std::memset(row + left + middle, zero, to_row - left - middle);
      }
    });
  }
};

// `bytes` of real zeros.
PackedMemory make_zero_row(const ir::Type& input, size_t bytes) {
  PackedMemory row(bytes);
  std::memset(row.data(), 0, bytes);
  if (input.dtype == DType::kInt8 || input.dtype == DType::kUInt8)
    std::memset(row.data(), input.zero_point() & 0xff, bytes);
  return row;
}

// One product a group, with the taps of a filter row joined or not; nothing if no kernel takes the types.
std::optional<std::vector<Product>> make_products(const BindRequest& request, bool joined) {
  const Shape& w = request.input(1).shape;
  const auto groups = static_cast<int>(request.input(0).shape[3] / w[3]);
  const auto channels = static_cast<int>(w[0]);
  const int64_t row = joined ? w[2] : 1;
  std::vector<Product> products;
  for (int g = 0; g < groups; ++g) {
    const int n = channels / groups;
    auto product =
        Product::make(request, {.shape = {n, static_cast<int>(w[1] * w[2] / row), static_cast<int>(w[3] * row)},
                                .activation = ops::kFusedActivation(request.node()),
                                .rescaling = Rescaling::kFixedPoint,
                                .first_channel = g * n,
                                .out_stride = channels});
    if (!product) return std::nullopt;
    products.push_back(std::move(*product));
  }
  return products;
}

// Joined taps save pointers and the padding of each tap to whole groups of k; past some channels neither counts.
bool joins_taps(const BindRequest& request, const ops::WindowGrid& grid) {
  constexpr int64_t kFewChannels = 16;
  const int64_t channels = request.input(0).shape[3];
  const bool hybrid = request.input(0).dtype == DType::kFloat32 && request.input(1).dtype != DType::kFloat32;
  return !hybrid && channels <= kFewChannels && channels == request.input(1).shape[3] && grid.kernel.w > 1 &&
         grid.dilation_w == 1;
}

// The grid over the image with its sides, one tap a filter row.
SidePadding join_taps(ops::WindowGrid& grid) {
  const int64_t needed = (grid.out_w - 1) * grid.stride_w + grid.kernel.w;
  SidePadding sides{grid.pad_w, grid.in_w, std::max(needed, grid.in_w + grid.pad_w)};
  grid.in_w = sides.to_width;
  grid.pad_w = 0;
  grid.kernel.w = 1;
  return sides;
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
  ops::WindowGrid grid = *ops::window_grid(request.node(), x, {w[1], w[2]});
  const bool joined = joins_taps(request, grid);
  auto products = make_products(request, joined);
  if (!products) return std::nullopt;
  const Product& first = (*products)[0];
  const size_t pixel_bytes = static_cast<size_t>(x[3]) * first.left_bytes();
  const size_t out_pixel_bytes = static_cast<size_t>(w[0]) * first.out_bytes();
  const bool raw = first.is_raw();
  const char* name = first.kernel_name();
  const SidePadding sides = joined ? join_taps(grid) : SidePadding{};
  PackedMemory zero_row = make_zero_row(request.input(0), pixel_bytes * static_cast<size_t>(joined ? w[2] : 1));
  Conv2D conv{std::move(*products), grid, x[0], pixel_bytes, out_pixel_bytes, zero_row, sides};
  if (raw) return bind_hybrid(request, std::move(conv));
  const size_t scratch_bytes = sides.copies() ? conv.image_bytes() : 0;
  auto shared = std::make_shared<Conv2D>(std::move(conv));
  return Step{name,
              [shared](const StepContext& context) {
                shared->run(context);
                return Status{};
              },
              scratch_bytes};
}

}  // namespace

const Binding& binding_conv_2d() {
  static const Binding binding{{"CONV_2D"}, bind};
  return binding;
}

}  // namespace pestle::runtime
