// The list of hybrid kernels and the choice among them.
#include "kernels/hybrid/hybrid.h"

namespace pestle::kernels {
namespace {

constexpr HybridKernel kKernels[] = {
#define PESTLE_HYBRID(suffix, isa) \
  {"hybrid_" #suffix, Isa::isa, hybrid_range_##suffix, hybrid_quantize_##suffix, hybrid_scale_##suffix},
#include "kernels/hybrid/kernels.inc"
};

}  // namespace

const HybridKernel& best_hybrid() {
  const HybridKernel* choice = &kKernels[0];
  for (const HybridKernel& kernel : kKernels) {
    if (has_isa(kernel.isa)) choice = &kernel;
  }
  return *choice;
}

HybridList hybrid_kernels() { return {kKernels, static_cast<int>(sizeof(kKernels) / sizeof(kKernels[0]))}; }

}  // namespace pestle::kernels
