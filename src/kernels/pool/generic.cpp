// Portable pooling kernels.
#include "kernels/pool/pool_loop.h"

namespace pestle::kernels {

PESTLE_POOL_FLOAT(pool_average_f32_generic, AverageF32)
PESTLE_POOL_INT(pool_average_i8_generic, int8_t, AverageI8)
PESTLE_POOL_INT(pool_average_u8_generic, uint8_t, AverageU8)
PESTLE_POOL_INT(pool_average_i16_generic, int16_t, AverageI16)
PESTLE_POOL_FLOAT(pool_max_f32_generic, MaxF32)
PESTLE_POOL_INT(pool_max_i8_generic, int8_t, MaxI8)
PESTLE_POOL_INT(pool_max_u8_generic, uint8_t, MaxU8)
PESTLE_POOL_INT(pool_max_i16_generic, int16_t, MaxI16)

}  // namespace pestle::kernels
