// Portable hybrid kernels.
#include "kernels/hybrid/hybrid_loop.h"

namespace pestle::kernels {

PESTLE_HYBRID_KERNELS(generic)

}  // namespace pestle::kernels
