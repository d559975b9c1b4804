// CONV_2D by matrix product: every output pixel is a row, its taps are pointers into the image (padding: a row of zero
// points), so that nothing is copied. 1x1 convolutions of stride 1 read the image as it lies.
#include <algorithm>
#include <cstring>

#include "ops/core/window.h"
#include "runtime/product.h"

namespace pestle::runtime {
namespace {

struct Conv2D {
  Product product;
  ops::WindowGrid grid;
  int64_t batches;
  size_t pixel_bytes;  // one pixel of the image: all channels
  PackedMemory zero_row;

  void run(const StepContext& context) const {
    const std::byte* image = context.inputs[0];
    std::byte* out = context.outputs[0];
    const int64_t pixels = batches * grid.out_h * grid.out_w;
    if (reads_in_place()) return product.run_dense(image, pixels, out, context.pool);
    const size_t out_bytes = static_cast<size_t>(product.shape().n) * product.value_bytes();
    context.pool.parallel_ranges(pixels, product.tile_rows(), [&](int64_t first, int64_t last) {
      // A few tiles at a time: their pointers stay in the first-level cache.
      const int64_t chunk = int64_t{4} * product.tile_rows();
      std::vector<const void*> rows(static_cast<size_t>(chunk * product.shape().taps));
      for (int64_t m = first; m < last; m += chunk) {
        const int64_t count = std::min(chunk, last - m);
        for (int64_t i = 0; i < count; ++i) point_to_taps(image, m + i, rows.data() + i * product.shape().taps);
        product.run({.rows = rows.data()}, static_cast<int>(count), 0, product.shape().n, out + static_cast<size_t>(m) * out_bytes);
      }
    });
  }

  bool reads_in_place() const {
    return product.shape().taps == 1 && grid.stride_h == 1 && grid.stride_w == 1;
  }

  void point_to_taps(const std::byte* image, int64_t pixel, const void** taps) const {
    const int64_t j = pixel % grid.out_w;
    const int64_t i = pixel / grid.out_w % grid.out_h;
    const std::byte* own = image + static_cast<size_t>(pixel / (grid.out_w * grid.out_h) * grid.in_h * grid.in_w) * pixel_bytes;
    for (int64_t ky = 0; ky < grid.kernel.h; ++ky) {
      const int64_t y = i * grid.stride_h - grid.pad_h + ky * grid.dilation_h;
      for (int64_t kx = 0; kx < grid.kernel.w; ++kx) {
        const int64_t x = j * grid.stride_w - grid.pad_w + kx * grid.dilation_w;
        const bool inside = y >= 0 && y < grid.in_h && x >= 0 && x < grid.in_w;
        *taps++ = inside ? own + static_cast<size_t>(y * grid.in_w + x) * pixel_bytes : zero_row.data();
      }
    }
  }
};

// One pixel of real zeros.
PackedMemory make_zero_row(const ir::Type& input, size_t bytes) {
  PackedMemory row(bytes);
  std::memset(row.data(), 0, bytes);
  if (input.dtype == DType::kInt8 || input.dtype == DType::kUInt8) std::memset(row.data(), input.zero_point() & 0xff, bytes);
  return row;
}

std::optional<Step> bind(const BindRequest& request) {
  const Shape& x = request.input(0).shape;
  const Shape& w = request.input(1).shape;
  if (x[3] != w[3]) return std::nullopt;  // grouped
  const auto grid = ops::window_grid(request.node(), x, {w[1], w[2]});
  const kernels::GemmShape shape{static_cast<int>(w[0]), static_cast<int>(w[1] * w[2]), static_cast<int>(w[3])};
  auto product = Product::make(request, shape, ops::kFusedActivation(request.node()), Rescaling::kFixedPoint);
  if (!product) return std::nullopt;
  const size_t pixel_bytes = static_cast<size_t>(x[3]) * product->value_bytes();
  const char* name = product->kernel_name();
  auto conv = std::make_shared<Conv2D>(Conv2D{std::move(*product), *grid, x[0], pixel_bytes, make_zero_row(request.input(0), pixel_bytes)});
  return Step{name, [conv](const StepContext& context) { conv->run(context); return Status{}; }, 0};
}

}  // namespace

const Binding& binding_conv_2d() {
  static const Binding binding{{"CONV_2D"}, bind};
  return binding;
}

}  // namespace pestle::runtime
