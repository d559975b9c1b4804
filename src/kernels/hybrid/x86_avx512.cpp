// Hybrid kernels vectorised by the compiler for AVX-512.
#include "kernels/hybrid/hybrid_loop.h"

namespace pestle::kernels {

PESTLE_HYBRID_KERNELS(avx512)

}  // namespace pestle::kernels
