// Element-wise ADD, SUB and MUL in float and in quantized integers, look-up tables of 8-bit codes, and the float clamp.
// A binary call computes `columns` elements of rows [first, last); strides and steps of 0 repeat an operand, which
// gives
//   same shape: a_stride = b_stride = columns, steps 1        one scalar: b_stride 0, b_step 0
//   one value a channel ([..., C] op [C]): b_stride 0, b_step 1    one value a row: b_stride 1, b_step 0
// Calls on disjoint rows may run concurrently. `out` may be `a` or `b` where their strides and steps are those of out.
// All kernels give the same bits. Plain header.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

namespace pestle::kernels {

enum class BinaryOp { kAdd, kSub, kMul };
enum class BinaryType { kFloat32, kInt8, kUInt8, kInt16 };

// base/fixed_point.h FixedMultiplier in a plain form.
struct ElementwiseMultiplier {
  int32_t multiplier = 0;
  int32_t exponent = 0;
};

// Float: out = min(max(a op b, float_lo), float_hi); NaN stays NaN.
// Integer ADD and SUB: u = multiply((code - zero) << left_shift, input multiplier) for both operands,
//   out = clamp(multiply(u_a +- u_b, out_multiplier) + out_zero, lo, hi)
// Integer MUL: out = clamp(multiply((code_a - a_zero) * (code_b - b_zero), out_multiplier) + out_zero, lo, hi)
// where multiply is the 32-bit form of base/fixed_point.h.
struct BinaryArgs {
  int columns = 0;
  const void* a = nullptr;
  const void* b = nullptr;
  void* out = nullptr;                   // [rows][columns]
  ptrdiff_t a_stride = 0, b_stride = 0;  // elements from row to row
  int a_step = 1, b_step = 1;            // 1, or 0 where one element serves a whole row
  float float_lo = 0, float_hi = 0;
  int32_t a_zero = 0, b_zero = 0, out_zero = 0;
  int32_t left_shift = 0;  // ADD, SUB: 20 for 8 bits, 15 for 16 bits
  ElementwiseMultiplier a_multiplier, b_multiplier, out_multiplier;
  int32_t lo = 0, hi = 0;
};

struct BinaryKernel {
  const char* name;
  Isa isa;
  BinaryOp op;
  BinaryType type;
  void (*run)(const BinaryArgs& args, int first_row, int last_row);
};

// out[i] = table[in[i]], the codes as bytes: int8 code q reads entry (uint8)q. In place is allowed.
struct TableArgs {
  const uint8_t* table = nullptr;  // [256]
  const uint8_t* in = nullptr;
  uint8_t* out = nullptr;
};

// out[i] = min(max(in[i], lo), hi); NaN stays NaN. In place is allowed.
struct ClampArgs {
  const float* in = nullptr;
  float* out = nullptr;
  float lo = 0, hi = 0;
};

struct TableKernel {
  const char* name;
  Isa isa;
  void (*run)(const TableArgs& args, ptrdiff_t first, ptrdiff_t last);  // elements
};

struct ClampKernel {
  const char* name;
  Isa isa;
  void (*run)(const ClampArgs& args, ptrdiff_t first, ptrdiff_t last);  // elements
};

// The fastest kernel that this machine (and PESTLE_ISA) allows.
const BinaryKernel& best_binary(BinaryOp op, BinaryType type);
const TableKernel& best_table();
const ClampKernel& best_clamp();

// All kernels compiled in; within an operation and type the fastest last.
template <typename Kernel>
struct ElementwiseList {
  const Kernel* rows;
  int count;
};
ElementwiseList<BinaryKernel> binary_kernels();
ElementwiseList<TableKernel> table_kernels();
ElementwiseList<ClampKernel> clamp_kernels();

#define PESTLE_BINARY(name, ...) void name(const BinaryArgs&, int, int);
#define PESTLE_TABLE(name, ...) void name(const TableArgs&, ptrdiff_t, ptrdiff_t);
#define PESTLE_CLAMP(name, ...) void name(const ClampArgs&, ptrdiff_t, ptrdiff_t);
#include "kernels/elementwise/kernels.inc"

}  // namespace pestle::kernels
