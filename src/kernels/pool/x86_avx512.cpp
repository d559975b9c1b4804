// Pooling kernels vectorised by the compiler for AVX-512.
#include "kernels/pool/pool_loop.h"

namespace pestle::kernels {

PESTLE_POOL_FLOAT(pool_average_f32_avx512, AverageF32)
PESTLE_POOL_INT(pool_average_i8_avx512, int8_t, AverageI8)
PESTLE_POOL_INT(pool_average_u8_avx512, uint8_t, AverageU8)
PESTLE_POOL_INT(pool_average_i16_avx512, int16_t, AverageI16)
PESTLE_POOL_FLOAT(pool_max_f32_avx512, MaxF32)
PESTLE_POOL_INT(pool_max_i8_avx512, int8_t, MaxI8)
PESTLE_POOL_INT(pool_max_u8_avx512, uint8_t, MaxU8)
PESTLE_POOL_INT(pool_max_i16_avx512, int16_t, MaxI16)

}  // namespace pestle::kernels
