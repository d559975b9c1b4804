// Portable depthwise kernels, any depth multiplier: one pixel and one block of output channels at a time.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/fixed_point.h"
#include "kernels/depthwise/depthwise.h"
#include "kernels/depthwise/window.h"

namespace pestle::kernels {
namespace {

constexpr int kBlock = 16;

// One block of one output pixel: the channels it reads and the taps inside the image.
struct Pixel {
  int batch, x, origin_x;
  RowWindow window;
  TapRange columns;
  int start, count;     // output channels
  ptrdiff_t out_index;  // of output channel `start`
};

template <typename Visit>
void for_each_pixel(const DepthwiseShape& s, int row, const Visit& visit) {
  Pixel pixel = {};
  pixel.window = row_window(s, row);
  pixel.batch = pixel.window.batch;
  const int channels = s.channels * s.multiplier;
  for (int x = 0; x < s.out_width; ++x) {
    pixel.x = x;
    pixel.origin_x = x * s.stride_width - s.pad_left;
    pixel.columns = taps_inside(pixel.origin_x, s.in_width, s.filter_width, s.dilation_width);
    for (int i = 0; i < block_count(s, kBlock); ++i) {
      pixel.start = block_start(s, kBlock, i);
      pixel.count = std::min(kBlock, channels - pixel.start);
      pixel.out_index = (ptrdiff_t{row} * s.out_width + x) * channels + pixel.start;
      visit(pixel, i);
    }
  }
}

ptrdiff_t in_index(const DepthwiseShape& s, const Pixel& pixel, int ky, int kx) {
  const int y = pixel.window.origin + ky * s.dilation_height;
  const int x = pixel.origin_x + kx * s.dilation_width;
  return ((ptrdiff_t{pixel.batch} * s.in_height + y) * s.in_width + x) * s.channels;
}

void f32_pixel(const DepthwiseF32Args& args, const Pixel& pixel, int index) {
  const DepthwiseShape& s = args.shape;
  const auto* bias = reinterpret_cast<const float*>(static_cast<const char*>(args.packed) +
                                                    static_cast<size_t>(index) * f32_block_bytes(s, kBlock));
  float acc[kBlock] = {};
  for (int ky = pixel.window.taps.begin; ky < pixel.window.taps.end; ++ky) {
    for (int kx = pixel.columns.begin; kx < pixel.columns.end; ++kx) {
      const float* in = args.input + in_index(s, pixel, ky, kx);
      const float* weights = bias + (ky * s.filter_width + kx + 1) * kBlock;
      for (int c = 0; c < pixel.count; ++c) acc[c] = std::fma(in[(pixel.start + c) / s.multiplier], weights[c], acc[c]);
    }
  }
  for (int c = 0; c < pixel.count; ++c) {
    float value = acc[c] + bias[c];
    value = value < args.lo ? args.lo : value;
    args.out[pixel.out_index + c] = args.hi < value ? args.hi : value;
  }
}

template <typename T, typename Acc>
void finish(const DepthwiseIntArgs& args, const Pixel& pixel, const char* block, const Acc (&acc)[kBlock]) {
  for (int c = 0; c < pixel.count; ++c) {
    Acc sum;
    FixedMultiplier m;
    std::memcpy(&sum, block + static_cast<size_t>(c) * sizeof(Acc), sizeof(Acc));
    std::memcpy(&m.multiplier, block + kBlock * sizeof(Acc) + c * 4, 4);
    std::memcpy(&m.exponent, block + kBlock * (sizeof(Acc) + 4) + c * 4, 4);
    sum += acc[c];
    if (args.scaling == DepthwiseScaling::kNone) {
      static_cast<int32_t*>(args.out)[pixel.out_index + c] = static_cast<int32_t>(sum);
    } else {
      const int64_t value = int64_t{multiply(sum, m)} + args.out_zero;
      static_cast<T*>(args.out)[pixel.out_index + c] = static_cast<T>(std::clamp<int64_t>(value, args.lo, args.hi));
    }
  }
}

template <typename T, typename Acc>
void int_pixel(const DepthwiseIntArgs& args, const Pixel& pixel, int index) {
  const DepthwiseShape& s = args.shape;
  const DepthwiseIntFormat format = {kBlock, false, false, sizeof(Acc)};
  const char* block = static_cast<const char*>(args.packed) + static_cast<size_t>(index) * int_block_bytes(s, format);
  const auto* weights = reinterpret_cast<const int16_t*>(block + int_block_header(format));
  Acc acc[kBlock] = {};
  for (int ky = 0; ky < s.filter_height; ++ky) {
    const bool row_inside = ky >= pixel.window.taps.begin && ky < pixel.window.taps.end;
    for (int kx = 0; kx < s.filter_width; ++kx) {
      const bool inside = row_inside && kx >= pixel.columns.begin && kx < pixel.columns.end;
      const auto* in = static_cast<const T*>(args.zero_row);
      if (inside) in = static_cast<const T*>(args.input) + in_index(s, pixel, ky, kx);
      if (in == nullptr) continue;  // 16 bits: outside is 0
      const int16_t* w = weights + (ptrdiff_t{ky} * s.filter_width + kx) * kBlock;
      for (int c = 0; c < pixel.count; ++c) acc[c] += in[(pixel.start + c) / s.multiplier] * w[c];
    }
  }
  finish<T>(args, pixel, block, acc);
}

template <typename T, typename Acc>
void int_rows(const DepthwiseIntArgs& args, int first_row, int last_row) {
  for (int row = first_row; row < last_row; ++row) {
    for_each_pixel(args.shape, row, [&](const Pixel& pixel, int index) { int_pixel<T, Acc>(args, pixel, index); });
  }
}

}  // namespace

void depthwise_f32_f32_f32_1x16_generic(const DepthwiseF32Args& args, int first_row, int last_row) {
  for (int row = first_row; row < last_row; ++row) {
    for_each_pixel(args.shape, row, [&](const Pixel& pixel, int index) { f32_pixel(args, pixel, index); });
  }
}

void depthwise_i8_i8_i8_1x16_generic(const DepthwiseIntArgs& args, int first_row, int last_row) {
  int_rows<int8_t, int32_t>(args, first_row, last_row);
}

void depthwise_u8_u8_u8_1x16_generic(const DepthwiseIntArgs& args, int first_row, int last_row) {
  int_rows<uint8_t, int32_t>(args, first_row, last_row);
}

void depthwise_i16_i8_i16_1x16_generic(const DepthwiseIntArgs& args, int first_row, int last_row) {
  int_rows<int16_t, int64_t>(args, first_row, last_row);
}

}  // namespace pestle::kernels
