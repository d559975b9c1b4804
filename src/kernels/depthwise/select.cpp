// The lists of depthwise kernels and the choice among them.
#include "kernels/depthwise/depthwise.h"

namespace pestle::kernels {
namespace {

constexpr DepthwiseF32Kernel kF32[] = {
#define PESTLE_DEPTHWISE_F32(name, isa, block, any) {#name, Isa::isa, block, any, name},
#include "kernels/depthwise/kernels.inc"
};

#define PESTLE_DEPTHWISE_ROW(name, isa, block, interleaved, is_unsigned, bytes, any) \
  {#name, Isa::isa, {block, interleaved, is_unsigned, bytes}, any, name},
constexpr DepthwiseIntKernel kI8[] = {
#define PESTLE_DEPTHWISE_I8 PESTLE_DEPTHWISE_ROW
#include "kernels/depthwise/kernels.inc"
};
constexpr DepthwiseIntKernel kU8[] = {
#define PESTLE_DEPTHWISE_U8 PESTLE_DEPTHWISE_ROW
#include "kernels/depthwise/kernels.inc"
};
constexpr DepthwiseIntKernel kI16[] = {
#define PESTLE_DEPTHWISE_I16 PESTLE_DEPTHWISE_ROW
#include "kernels/depthwise/kernels.inc"
};
#undef PESTLE_DEPTHWISE_ROW

// Rows stand from slowest to fastest; the first is generic and takes everything.
template <typename Kernel, int kCount>
const Kernel& best(const Kernel (&rows)[kCount], int multiplier) {
  int choice = kCount - 1;
  while (choice > 0 && (!has_isa(rows[choice].isa) || (multiplier != 1 && !rows[choice].any_multiplier))) --choice;
  return rows[choice];
}

template <typename Kernel, int kCount>
DepthwiseList<Kernel> list(const Kernel (&rows)[kCount]) {
  return {rows, kCount};
}

}  // namespace

const DepthwiseF32Kernel& best_depthwise_f32(int multiplier) { return best(kF32, multiplier); }
const DepthwiseIntKernel& best_depthwise_i8(int multiplier) { return best(kI8, multiplier); }
const DepthwiseIntKernel& best_depthwise_u8(int multiplier) { return best(kU8, multiplier); }
const DepthwiseIntKernel& best_depthwise_i16(int multiplier) { return best(kI16, multiplier); }

DepthwiseList<DepthwiseF32Kernel> depthwise_f32_kernels() { return list(kF32); }
DepthwiseList<DepthwiseIntKernel> depthwise_i8_kernels() { return list(kI8); }
DepthwiseList<DepthwiseIntKernel> depthwise_u8_kernels() { return list(kU8); }
DepthwiseList<DepthwiseIntKernel> depthwise_i16_kernels() { return list(kI16); }

}  // namespace pestle::kernels
