// AVERAGE_POOL_2D and MAX_POOL_2D on NHWC images without gaps. A call computes whole output rows, counted through the
// batch: rows [first, last) of batches * out_height; calls on disjoint rows may run concurrently. Only values inside
// the image enter a window; every window must hold at least one.
//  average, float:   sum in the order ky, kx from +0, divided by the number n of values, then min(max(x, lo), hi)
//  average, integer: sum of codes s; s > 0 ? (s + n / 2) / n : (s - n / 2) / n, truncating, then clamp to [lo, hi]
//  maximum:          the largest value (NaN never wins), then the same clamp
// All kernels give the same bits. Plain header.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

namespace pestle::kernels {

enum class PoolKind { kAverage, kMax };
enum class PoolType { kFloat32, kInt8, kUInt8, kInt16 };

struct PoolShape {
  int in_height = 0, in_width = 0, channels = 0;
  int out_height = 0, out_width = 0;
  int filter_height = 0, filter_width = 0;
  int stride_height = 1, stride_width = 1;
  int pad_top = 0, pad_left = 0;
};

struct PoolArgs {
  PoolShape shape;
  const void* input = nullptr;
  void* out = nullptr;
  float float_lo = 0, float_hi = 0;  // PoolType::kFloat32
  int32_t lo = 0, hi = 0;            // the others
};

struct PoolKernel {
  const char* name;
  Isa isa;
  PoolKind kind;
  PoolType type;
  void (*run)(const PoolArgs& args, int first_row, int last_row);
};

// The fastest kernel that this machine (and PESTLE_ISA) allows.
const PoolKernel& best_pool(PoolKind kind, PoolType type);

// All kernels compiled in; within a kind and type the fastest last.
struct PoolList {
  const PoolKernel* rows;
  int count;
};
PoolList pool_kernels();

#define PESTLE_POOL(name, ...) void name(const PoolArgs&, int, int);
#include "kernels/pool/kernels.inc"

}  // namespace pestle::kernels
