// Sizes and packing of depthwise weights; the layouts are stated in depthwise.h.
#include <cstring>

#include "base/fixed_point.h"
#include "kernels/depthwise/depthwise.h"
#include "kernels/depthwise/window.h"

namespace pestle::kernels {
namespace {

int out_channels(const DepthwiseShape& s) { return s.channels * s.multiplier; }

int weight_at(const DepthwiseIntWeights& w, const DepthwiseIntFormat& format, int tap, int channel) {
  const ptrdiff_t index = ptrdiff_t{tap} * out_channels(w.shape) + channel;
  if (format.unsigned_weights) return static_cast<const uint8_t*>(w.weights)[index] - w.weight_zero;
  return static_cast<const int8_t*>(w.weights)[index] - w.weight_zero;
}

// The zero point of the input is taken out here, for all taps: outside the image they read the zero point.
int64_t corrected_bias(const DepthwiseIntWeights& w, const DepthwiseIntFormat& format, int channel) {
  int64_t sum = 0;
  for (int tap = 0; tap < w.shape.filter_height * w.shape.filter_width; ++tap)
    sum += weight_at(w, format, tap, channel);
  int64_t bias = 0;
  if (w.bias64 != nullptr) bias = w.bias64[channel];
  if (w.bias != nullptr) bias = w.bias[channel];
  return bias - w.in_zero * sum;
}

void pack_position(const DepthwiseIntWeights& w, const DepthwiseIntFormat& format, int position, int channel,
                   char* block) {
  const int64_t bias = corrected_bias(w, format, channel);
  const auto low = static_cast<int32_t>(static_cast<uint32_t>(bias));
  std::memcpy(block + position * format.acc_bytes, format.acc_bytes == 8 ? static_cast<const void*>(&bias) : &low,
              static_cast<size_t>(format.acc_bytes));
  if (w.multipliers != nullptr) {
    char* scaling = block + format.block * format.acc_bytes;
    std::memcpy(scaling + position * 4, &w.multipliers[channel].multiplier, 4);
    std::memcpy(scaling + (format.block + position) * 4, &w.multipliers[channel].exponent, 4);
  }
  auto* out = reinterpret_cast<int16_t*>(block + int_block_header(format));
  const int width = w.shape.filter_width, together = format.interleaved ? 2 : 1;
  for (int y = 0; y < w.shape.filter_height; ++y) {
    for (int x = 0; x < width; ++x) {
      const ptrdiff_t place = ptrdiff_t{y / together * width + x} * format.block + position;
      out[place * together + y % together] = static_cast<int16_t>(weight_at(w, format, y * width + x, channel));
    }
  }
}

}  // namespace

size_t depthwise_f32_packed_size(const DepthwiseShape& shape, const DepthwiseF32Kernel& kernel) {
  return static_cast<size_t>(block_count(shape, kernel.block)) * f32_block_bytes(shape, kernel.block);
}

void depthwise_f32_pack(const DepthwiseShape& shape, const DepthwiseF32Kernel& kernel, const float* weights,
                        const float* bias, void* packed) {
  std::memset(packed, 0, depthwise_f32_packed_size(shape, kernel));
  auto* out = static_cast<float*>(packed);
  const int channels = out_channels(shape), taps = shape.filter_height * shape.filter_width;
  for (int i = 0; i < block_count(shape, kernel.block); ++i, out += (taps + 1) * kernel.block) {
    const int start = block_start(shape, kernel.block, i);
    for (int c = 0; c < kernel.block && start + c < channels; ++c) {
      if (bias != nullptr) out[c] = bias[start + c];
      for (int tap = 0; tap < taps; ++tap)
        out[(tap + 1) * kernel.block + c] = weights[ptrdiff_t{tap} * channels + start + c];
    }
  }
}

size_t depthwise_int_packed_size(const DepthwiseShape& shape, const DepthwiseIntKernel& kernel) {
  return static_cast<size_t>(block_count(shape, kernel.format.block)) * int_block_bytes(shape, kernel.format);
}

void depthwise_int_pack(const DepthwiseIntWeights& w, const DepthwiseIntKernel& kernel, void* packed) {
  const DepthwiseIntFormat& format = kernel.format;
  std::memset(packed, 0, depthwise_int_packed_size(w.shape, kernel));
  auto* block = static_cast<char*>(packed);
  for (int i = 0; i < block_count(w.shape, format.block); ++i, block += int_block_bytes(w.shape, format)) {
    const int start = block_start(w.shape, format.block, i);
    for (int p = 0; p < format.block; ++p) {
      const int channel = start + depthwise_channel_at(format, p);
      if (channel < out_channels(w.shape)) pack_position(w, format, p, channel, block);
    }
  }
}

}  // namespace pestle::kernels
