// Depthwise convolution: out[b][y][x][c * multiplier + j] = sum over ky, kx of
//   in[b][y * stride - pad + ky * dilation][x * stride - pad + kx * dilation][c] * weights[ky][kx][c * multiplier + j]
// and then bias, rescaling and clamp. Images are NHWC without gaps. A call computes whole output rows, counted through
// the batch: rows [first, last) of batches * out_height; calls on disjoint rows may run concurrently. Kernels see the
// edges of the image themselves: the caller prepares no pointers and no padded copy.
// Plain header: instruction-set files include it, so it must not pull in C++ library headers.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

namespace pestle {
struct FixedMultiplier;  // base/fixed_point.h
}

namespace pestle::kernels {

struct DepthwiseShape {
  int in_height = 0, in_width = 0, channels = 0;  // channels of the input
  int out_height = 0, out_width = 0;
  int multiplier = 1;
  int filter_height = 0, filter_width = 0;
  int stride_height = 1, stride_width = 1;
  int dilation_height = 1, dilation_width = 1;
  int pad_top = 0, pad_left = 0;
};

// --- float -----------------------------------------------------------------------------------------------------
// acc = +0; for the taps inside the image, in the order ky, kx: acc = fma(in, weight, acc); acc = acc + bias;
// out = min(max(acc, lo), hi) with the NaN rule of gemm.h. All kernels give the same bits.
struct DepthwiseF32Args {
  DepthwiseShape shape;
  const float* input = nullptr;
  const void* packed = nullptr;
  float* out = nullptr;
  float lo = 0, hi = 0;
};

// Packed weights are blocks of `block` output channels; the last block overlaps its neighbour where the channels are no
// multiple, so that only layers with fewer channels than a block have a partial one.
struct DepthwiseF32Kernel {
  const char* name;
  Isa isa;
  int block;
  bool any_multiplier;  // else only 1
  void (*run)(const DepthwiseF32Args& args, int first_row, int last_row);
};

// weights: [filter_height][filter_width][channels * multiplier], the TFLite order; bias: [channels * multiplier] or
// nullptr. Layout of `packed` (64-byte aligned), for each block: float bias[block]; float weight[taps][block].
size_t depthwise_f32_packed_size(const DepthwiseShape& shape, const DepthwiseF32Kernel& kernel);
void depthwise_f32_pack(const DepthwiseShape& shape, const DepthwiseF32Kernel& kernel, const float* weights,
                        const float* bias, void* packed);

// --- integer ---------------------------------------------------------------------------------------------------
// acc = bias[o] + sum over the taps inside the image of (in - in_zero) * (weight - weight_zero), exact: int32, or int64
// for 16-bit activations.
enum class DepthwiseScaling : int32_t {
  kNone,   // out (int32) = acc, no clamp: dynamic-range layers. Not for 16-bit activations.
  kFixed,  // clamp(multiply(acc, multipliers[o]) + out_zero, lo, hi): base/fixed_point.h, the 32-bit form for 8-bit and
           // the 64-bit form for 16-bit activations; out has the type of the input
};

struct DepthwiseIntArgs {
  DepthwiseShape shape;
  const void* input = nullptr;
  const void* packed = nullptr;
  const void* zero_row = nullptr;  // `channels` values of the input's zero point (8-bit activations): the taps outside
  void* out = nullptr;
  DepthwiseScaling scaling = DepthwiseScaling::kFixed;
  int32_t out_zero = 0, lo = 0, hi = 0;
};

struct DepthwiseIntWeights {
  DepthwiseShape shape;
  const void* weights = nullptr;    // as above; int8, or uint8 for depthwise_u8
  const int32_t* bias = nullptr;    // 8-bit activations; or nullptr
  const int64_t* bias64 = nullptr;  // 16-bit activations; or nullptr
  int32_t in_zero = 0;              // 0 with kNone when it is only known at run time: then acc - zero * sum(weights)
  int32_t weight_zero = 0;
  const FixedMultiplier* multipliers = nullptr;  // [channels * multiplier], kFixed
};

// How a kernel wants its blocks. With `interleaved`, position p of a block holds the channel that unpacking 16-bit
// pairs inside 128-bit lanes puts there (see depthwise_channel_at).
struct DepthwiseIntFormat {
  int block;
  bool interleaved;
  bool unsigned_weights;
  int acc_bytes;  // 4 or 8: the size of the packed bias
};

struct DepthwiseIntKernel {
  const char* name;
  Isa isa;
  DepthwiseIntFormat format;
  bool any_multiplier;  // else only 1
  void (*run)(const DepthwiseIntArgs& args, int first_row, int last_row);
};

// Layout of `packed` (64-byte aligned), for each block: acc bias[block]; int32 multiplier[block]; int32
// exponent[block];
//   int16 weight[filter_height][filter_width][block], without its zero point; interleaved:
//   int16 weight[ceil(filter_height / 2)][filter_width][block][2 rows], zero past the last row.
size_t depthwise_int_packed_size(const DepthwiseShape& shape, const DepthwiseIntKernel& kernel);
void depthwise_int_pack(const DepthwiseIntWeights& weights, const DepthwiseIntKernel& kernel, void* packed);

// --- choice ----------------------------------------------------------------------------------------------------
// The fastest kernel for this depth multiplier that the machine (and PESTLE_ISA) allows.
const DepthwiseF32Kernel& best_depthwise_f32(int multiplier);
const DepthwiseIntKernel& best_depthwise_i8(int multiplier);   // int8 activations and weights
const DepthwiseIntKernel& best_depthwise_u8(int multiplier);   // uint8 activations and weights
const DepthwiseIntKernel& best_depthwise_i16(int multiplier);  // int16 activations, int8 weights

template <typename Kernel>
struct DepthwiseList {
  const Kernel* rows;
  int count;
};
DepthwiseList<DepthwiseF32Kernel> depthwise_f32_kernels();
DepthwiseList<DepthwiseIntKernel> depthwise_i8_kernels();
DepthwiseList<DepthwiseIntKernel> depthwise_u8_kernels();
DepthwiseList<DepthwiseIntKernel> depthwise_i16_kernels();

#define PESTLE_DEPTHWISE_F32(name, ...) void name(const DepthwiseF32Args&, int, int);
#define PESTLE_DEPTHWISE_I8(name, ...) void name(const DepthwiseIntArgs&, int, int);
#define PESTLE_DEPTHWISE_U8(name, ...) void name(const DepthwiseIntArgs&, int, int);
#define PESTLE_DEPTHWISE_I16(name, ...) void name(const DepthwiseIntArgs&, int, int);
#include "kernels/depthwise/kernels.inc"

}  // namespace pestle::kernels
