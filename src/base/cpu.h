// What the processor can do. Kernel rows name the instruction set they need; the best one that is present and
// allowed is chosen. PESTLE_ISA=generic|avx2|avx512|avx512vnni|neon|neondot in the environment lowers the limit.
#pragma once

namespace pestle {

enum class Isa { kGeneric, kAvx2, kAvx512, kAvx512Vnni, kNeon, kNeonDot };

const char* isa_name(Isa isa);
// True if kernels written for `isa` may be used in this process.
bool has_isa(Isa isa);

// Physical cores that this process may use; at least 1.
int physical_cores();

}  // namespace pestle
