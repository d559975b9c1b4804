// Sizes and packing of gemm weights; the layouts are stated in gemm.h.
#include <algorithm>
#include <cstring>

#include "base/fixed_point.h"
#include "kernels/gemm/gemm.h"
#include "kernels/gemm/layout.h"

namespace pestle::kernels {
namespace {

// Weight (n, k) of an integer matrix, shifted into the domain in which it is packed.
int shifted_weight(const GemmIntWeights& w, const GemmIntFormat& format, int n, int64_t k) {
  const ptrdiff_t index = n * w.stride_n + static_cast<ptrdiff_t>(k) * w.stride_k;
  if (format.weight_shift != 0) return static_cast<const uint8_t*>(w.weights)[index] + format.weight_shift;
  return static_cast<const int8_t*>(w.weights)[index];
}

int64_t depth(const GemmShape& shape) { return int64_t{shape.taps} * shape.channels; }

// sum (x - zx)(w - zw) = sum x'w' - zx' sum w' - zw' sum x' + K zx' zw', where x' = x + left_shift and so on. The
// kernel computes the first term and, if zw' is not 0, the third; the others are constants of the column.
int64_t corrected_bias(const GemmIntWeights& w, const GemmIntFormat& format, int n) {
  const int64_t left_zero = int64_t{w.left_zero} + format.left_shift;
  const int64_t weight_zero = int64_t{w.weight_zero} + format.weight_shift;
  const int64_t k_end = depth(w.shape);
  int64_t sum = 0;
  for (int64_t k = 0; k < k_end; ++k) sum += shifted_weight(w, format, n, k);
  int64_t bias = 0;
  if (w.bias64 != nullptr) bias = w.bias64[n];
  if (w.bias != nullptr) bias = w.bias[n];
  return bias - left_zero * sum + k_end * left_zero * weight_zero;
}

void pack_header(const GemmIntWeights& w, const GemmIntKernel& kernel, int n0, char* panel) {
  const int columns = kernel.tile.columns;
  const int acc_bytes = kernel.format.acc_bytes;
  char* scaling = panel + static_cast<size_t>(columns) * static_cast<size_t>(acc_bytes);
  for (int c = 0; c < columns && n0 + c < w.shape.n; ++c) {
    const int64_t bias = corrected_bias(w, kernel.format, n0 + c);
    const auto low = static_cast<int32_t>(static_cast<uint32_t>(bias));  // wraps, as the sums do
    std::memcpy(panel + c * acc_bytes, acc_bytes == 8 ? static_cast<const void*>(&bias) : &low,
                static_cast<size_t>(acc_bytes));
    if (w.scaling == GemmScaling::kReal) {
      std::memcpy(scaling + c * 8, &w.scales[n0 + c], 8);
    } else if (w.scaling != GemmScaling::kNone) {
      const FixedMultiplier m = w.multipliers[n0 + c];
      std::memcpy(scaling + c * 4, &m.multiplier, 4);
      std::memcpy(scaling + (columns + c) * 4, &m.exponent, 4);
    }
  }
}

void pack_weights(const GemmIntWeights& w, const GemmIntKernel& kernel, int n0, int8_t* out) {
  const int group = kernel.tile.k_group;
  for (int tap = 0; tap < w.shape.taps; ++tap) {
    for (int c0 = 0; c0 < w.shape.channels; c0 += group) {
      for (int column = 0; column < kernel.tile.columns; ++column) {
        for (int c = c0; c < c0 + group; ++c, ++out) {
          if (n0 + column >= w.shape.n || c >= w.shape.channels) continue;
          const int64_t k = int64_t{tap} * w.shape.channels + c;
          *out = static_cast<int8_t>(shifted_weight(w, kernel.format, n0 + column, k));
        }
      }
    }
  }
}

}  // namespace

size_t gemm_f32_packed_size(const GemmShape& shape, const GemmTile& tile) {
  return static_cast<size_t>(panel_count(shape.n, tile)) * f32_panel_bytes(shape, tile.columns);
}

void gemm_f32_pack(const GemmF32Weights& w, const GemmTile& tile, void* packed) {
  const int64_t k_end = depth(w.shape);
  auto* out = static_cast<float*>(packed);
  for (int n0 = 0; n0 < w.shape.n; n0 += tile.columns) {
    const int used = std::min(tile.columns, w.shape.n - n0);
    std::fill(out, out + (k_end + 1) * tile.columns, 0.0f);
    if (w.bias != nullptr) std::copy(w.bias + n0, w.bias + n0 + used, out);
    out += tile.columns;
    for (int64_t k = 0; k < k_end; ++k, out += tile.columns) {
      for (int c = 0; c < used; ++c) out[c] = w.weights[(n0 + c) * w.stride_n + static_cast<ptrdiff_t>(k) * w.stride_k];
    }
  }
}

size_t gemm_int_packed_size(const GemmShape& shape, const GemmIntKernel& kernel) {
  const auto panels = static_cast<size_t>(panel_count(shape.n, kernel.tile));
  return panels * int_panel_bytes(shape, kernel.tile, kernel.format.acc_bytes);
}

void gemm_int_pack(const GemmIntWeights& w, const GemmIntKernel& kernel, void* packed) {
  const size_t panel_bytes = int_panel_bytes(w.shape, kernel.tile, kernel.format.acc_bytes);
  const size_t header = int_header_bytes(kernel.tile.columns, kernel.format.acc_bytes);
  auto* panel = static_cast<char*>(packed);
  for (int n0 = 0; n0 < w.shape.n; n0 += kernel.tile.columns, panel += panel_bytes) {
    std::memset(panel, 0, panel_bytes);
    pack_header(w, kernel, n0, panel);
    pack_weights(w, kernel, n0, reinterpret_cast<int8_t*>(panel + header));
  }
}

}  // namespace pestle::kernels
