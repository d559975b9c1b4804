// Matrix products out[m][n] = sum over k of left[m][k] * weights[n][k], with what follows the sum (bias, rescaling,
// clamp) in the same pass: FULLY_CONNECTED, BATCH_MATMUL and every ungrouped CONV_2D.
// The weights are packed once, into memory that the caller owns; the left operand is read where it lies, so that a
// convolution needs no copy of its input. Kernels allocate nothing, cannot fail, and may run concurrently on
// disjoint blocks of the output. Who calls: `runtime` takes best_gemm_*() at plan time, sizes and fills the packed
// buffer, keeps `run` and an argument block, and calls run(args, block) from each thread. See ../README.md.
// Plain header: instruction-set files include it, so it must not pull in C++ library headers.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

namespace pestle {
struct FixedMultiplier;  // base/fixed_point.h
}

namespace pestle::kernels {

// k runs over taps * channels, channel fastest: the order of a TFLite filter [N][height][width][channels].
// A fully connected layer and a 1x1 convolution have one tap.
struct GemmShape {
  int n = 0;
  int taps = 1;
  int channels = 0;
};

// Where the left operand lies; exactly one form is used.
//  direct   (rows == nullptr, one tap): row m is `channels` values at (char*)data + m * row_bytes.
//  indirect: tap t of row m is `channels` values at rows[m * taps + t]. A tap outside the image points to `channels`
//            values of zero that the caller keeps (int8: filled with the zero point).
// Nothing outside those values is read.
struct GemmLeft {
  const void* data = nullptr;
  ptrdiff_t row_bytes = 0;
  const void* const* rows = nullptr;
};

// The part of the output that one call computes: rows [m0, m1), columns [n0, n1). n0 must be a multiple of
// kernel.tile.columns, and n1 as well unless it is n.
struct GemmBlock {
  int m0, m1, n0, n1;
};

// A step of the kernel covers rows x columns outputs; packed weights are panels of `columns` columns, in which
// `k_group` consecutive k of one column lie together.
struct GemmTile {
  int rows, columns, k_group;
};

// --- float -----------------------------------------------------------------------------------------------------
// acc = +0; for k = 0, 1, ...: acc = fma(left, weight, acc); acc = acc + bias; out = min(max(acc, lo), hi).
// Strictly in this order for every output, so all kernels give the same bits. A NaN in acc stays NaN
// (max(acc, lo) is `acc < lo ? lo : acc`, min(acc, hi) is `hi < acc ? hi : acc`).
struct GemmF32Args {
  GemmShape shape;
  GemmLeft left;
  const void* packed = nullptr;
  float* out = nullptr;
  ptrdiff_t out_stride = 0;  // elements from one output row to the next
  float lo = 0, hi = 0;
};

// Element (n, k) is weights[n * stride_n + k * stride_k]: a TFLite filter has stride_n = K, stride_k = 1.
struct GemmF32Weights {
  GemmShape shape;
  const float* weights = nullptr;
  ptrdiff_t stride_n = 0, stride_k = 1;
  const float* bias = nullptr;  // [n], or nullptr for zeros
};

// Layout of `packed` (64-byte aligned): for each panel of c = tile.columns columns
//   float bias[c]; float weight[K][c]          columns past n are zero
size_t gemm_f32_packed_size(const GemmShape& shape, const GemmTile& tile);
void gemm_f32_pack(const GemmF32Weights& weights, const GemmTile& tile, void* packed);

struct GemmF32Kernel {
  const char* name;
  Isa isa;
  GemmTile tile;
  void (*run)(const GemmF32Args& args, const GemmBlock& block);
};

// --- integer ---------------------------------------------------------------------------------------------------
// acc = bias[n] + sum over k of (left - left_zero) * (weight - weight_zero), exact (int32 for 8-bit, int64 for
// 16-bit activations). Then, all clamps to [lo, hi]:
enum class GemmScaling : int32_t {
  kNone,     // out (int32) = acc; no clamp. For dynamic-range layers, whose float part is the caller's.
  kFixed,    // multiply(acc, multipliers[n]) + out_zero (base/fixed_point.h, 32-bit form): int8 CONV_2D, 16x8 with
             // int32 bias
  kFixed64,  // the 64-bit form of multiply: 16x8 with int64 bias; only for 16-bit activations
  kReal,     // roundAway(double(acc) * scales[n]) + out_zero: the FULLY_CONNECTED of LiteRT's reference resolver
};

// Type of the elements of `out`: int32 with kNone; else that of the activations (int8, uint8 or int16).
struct GemmIntArgs {
  GemmShape shape;
  GemmLeft left;
  const void* packed = nullptr;
  void* out = nullptr;
  ptrdiff_t out_stride = 0;                   // elements from one output row to the next
  GemmScaling scaling = GemmScaling::kFixed;  // as packed
  int32_t weight_zero = 0;                    // as packed; gemm_i16: 0
  int32_t out_zero = 0, lo = 0, hi = 0;
};

struct GemmIntWeights {
  GemmShape shape;
  const void* weights = nullptr;  // int8 (gemm_i8, gemm_i16) or uint8 (gemm_u8); strides in elements
  ptrdiff_t stride_n = 0, stride_k = 1;
  const int32_t* bias = nullptr;    // [n] or nullptr
  const int64_t* bias64 = nullptr;  // gemm_i16 only, instead of bias
  int32_t left_zero = 0;            // 0 with kNone when it is only known at run time: see hybrid/hybrid.h
  int32_t weight_zero = 0;
  GemmScaling scaling = GemmScaling::kFixed;
  const FixedMultiplier* multipliers = nullptr;  // [n], kFixed and kFixed64
  const double* scales = nullptr;                // [n], kReal
};

// What a kernel wants of its packing: how it sees the activations. A kernel that reads them as (left + shift) gets
// shift * sum(weights) taken out of the bias, exactly.
struct GemmIntFormat {
  int left_shift;    // added to every activation when it is loaded: 128 (int8 read as unsigned), -128 (uint8 as signed)
  int weight_shift;  // added to every weight when it is packed: -128 for uint8 weights, else 0
  int acc_bytes;     // 4 or 8: the size of the packed bias
};

struct GemmIntKernel {
  const char* name;
  Isa isa;
  GemmTile tile;
  GemmIntFormat format;
  void (*run)(const GemmIntArgs& args, const GemmBlock& block);
};

// Layout of `packed` (64-byte aligned): for each panel of c = tile.columns columns
//   acc bias[c] (corrected for zero points and shifts); { int32 multiplier[c]; int32 exponent[c]; } or double scale[c];
//   int8 weight[taps][ceil(channels / g)][c][g]   with g = tile.k_group; values past n or past channels are zero
size_t gemm_int_packed_size(const GemmShape& shape, const GemmIntKernel& kernel);
void gemm_int_pack(const GemmIntWeights& weights, const GemmIntKernel& kernel, void* packed);

// --- choice ----------------------------------------------------------------------------------------------------
// The fastest kernel that this machine (and PESTLE_ISA) allows; constant for the life of the process.
const GemmF32Kernel& best_gemm_f32();
const GemmIntKernel& best_gemm_i8();   // int8 activations, int8 weights; kNone, kFixed, kReal
const GemmIntKernel& best_gemm_u8();   // uint8 activations, uint8 weights; kNone, kFixed, kReal
const GemmIntKernel& best_gemm_i16();  // int16 activations, int8 weights, int64 sums; kFixed, kFixed64, kReal

// All kernels compiled in, fastest last; tests and benchmarks walk over them and ask has_isa.
template <typename Kernel>
struct KernelList {
  const Kernel* rows;
  int count;
};
KernelList<GemmF32Kernel> gemm_f32_kernels();
KernelList<GemmIntKernel> gemm_i8_kernels();
KernelList<GemmIntKernel> gemm_u8_kernels();
KernelList<GemmIntKernel> gemm_i16_kernels();

#define PESTLE_GEMM_F32(name, ...) void name(const GemmF32Args&, const GemmBlock&);
#define PESTLE_GEMM_I8(name, ...) void name(const GemmIntArgs&, const GemmBlock&);
#define PESTLE_GEMM_U8(name, ...) void name(const GemmIntArgs&, const GemmBlock&);
#define PESTLE_GEMM_I16(name, ...) void name(const GemmIntArgs&, const GemmBlock&);
#include "kernels/gemm/kernels.inc"

}  // namespace pestle::kernels
