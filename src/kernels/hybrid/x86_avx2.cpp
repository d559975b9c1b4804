// Hybrid kernels vectorised by the compiler for AVX2.
#include "kernels/hybrid/hybrid_loop.h"

namespace pestle::kernels {

PESTLE_HYBRID_KERNELS(avx2)

}  // namespace pestle::kernels
