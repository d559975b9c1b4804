// The list of pooling kernels and the choice among them.
#include "kernels/pool/pool.h"

namespace pestle::kernels {
namespace {

constexpr PoolKernel kKernels[] = {
#define PESTLE_POOL(name, isa, kind, type) {#name, Isa::isa, PoolKind::kind, PoolType::type, name},
#include "kernels/pool/kernels.inc"
};

}  // namespace

const PoolKernel& best_pool(PoolKind kind, PoolType type) {
  const PoolKernel* choice = &kKernels[0];
  for (const PoolKernel& kernel : kKernels) {
    if (kernel.kind == kind && kernel.type == type && has_isa(kernel.isa)) choice = &kernel;
  }
  return *choice;
}

PoolList pool_kernels() { return {kKernels, static_cast<int>(sizeof(kKernels) / sizeof(kKernels[0]))}; }

}  // namespace pestle::kernels
