// The lists of gemm kernels and the choice among them.
#include "kernels/gemm/gemm.h"

namespace pestle::kernels {
namespace {

constexpr GemmF32Kernel kF32[] = {
#define PESTLE_GEMM_F32(name, isa, rows, columns, group) {#name, Isa::isa, {rows, columns, group}, name},
#include "kernels/gemm/kernels.inc"
};

#define PESTLE_GEMM_ROW(name, isa, rows, columns, group, left, weight, bytes) \
  {#name, Isa::isa, {rows, columns, group}, {left, weight, bytes}, name},
constexpr GemmIntKernel kI8[] = {
#define PESTLE_GEMM_I8 PESTLE_GEMM_ROW
#include "kernels/gemm/kernels.inc"
};
constexpr GemmIntKernel kU8[] = {
#define PESTLE_GEMM_U8 PESTLE_GEMM_ROW
#include "kernels/gemm/kernels.inc"
};
constexpr GemmIntKernel kI16[] = {
#define PESTLE_GEMM_I16 PESTLE_GEMM_ROW
#include "kernels/gemm/kernels.inc"
};
#undef PESTLE_GEMM_ROW

// Rows stand from slowest to fastest; the first is generic and always allowed.
template <typename Kernel, int kCount>
const Kernel& best(const Kernel (&rows)[kCount]) {
  int choice = kCount - 1;
  while (choice > 0 && !has_isa(rows[choice].isa)) --choice;
  return rows[choice];
}

template <typename Kernel, int kCount>
KernelList<Kernel> list(const Kernel (&rows)[kCount]) {
  return {rows, kCount};
}

}  // namespace

const GemmF32Kernel& best_gemm_f32() { return best(kF32); }
const GemmIntKernel& best_gemm_i8() { return best(kI8); }
const GemmIntKernel& best_gemm_u8() { return best(kU8); }
const GemmIntKernel& best_gemm_i16() { return best(kI16); }

KernelList<GemmF32Kernel> gemm_f32_kernels() { return list(kF32); }
KernelList<GemmIntKernel> gemm_i8_kernels() { return list(kI8); }
KernelList<GemmIntKernel> gemm_u8_kernels() { return list(kU8); }
KernelList<GemmIntKernel> gemm_i16_kernels() { return list(kI16); }

}  // namespace pestle::kernels
