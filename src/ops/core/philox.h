// The generator of TFLite's random operators: Philox 4x32-10, keyed by `seed`, whose counter starts at seed2 * 2^64. Of
// both seeds TFLite keeps the low 32 bits, the highest of which is the sign.
// Every run of a node draws the same numbers from the start; TFLite goes on where the last run stopped, and takes seeds
// of its own where both are 0.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "ops/core/option.h"

namespace pestle::ops {

inline constexpr IntOption kSeed{"seed", 0};
inline constexpr IntOption kSeed2{"seed2", 0};

class Philox {
 public:
  explicit Philox(const ir::Node& node) : key_(narrow(kSeed(node))), high_(narrow(kSeed2(node))) {}

  // The next four numbers.
  std::array<uint32_t, 4> operator()() {
    std::array<uint32_t, 4> x{static_cast<uint32_t>(low_), static_cast<uint32_t>(low_ >> 32),
                              static_cast<uint32_t>(high_), static_cast<uint32_t>(high_ >> 32)};
    auto k0 = static_cast<uint32_t>(key_), k1 = static_cast<uint32_t>(key_ >> 32);
    for (int round = 0; round < 10; ++round) {
      const uint64_t a = uint64_t{0xD2511F53} * x[0], b = uint64_t{0xCD9E8D57} * x[2];
      x = {static_cast<uint32_t>(b >> 32) ^ x[1] ^ k0, static_cast<uint32_t>(b),
           static_cast<uint32_t>(a >> 32) ^ x[3] ^ k1, static_cast<uint32_t>(a)};
      k0 += 0x9E3779B9;
      k1 += 0xBB67AE85;
    }
    if (++low_ == 0) ++high_;
    return x;
  }

  // Uniform in [0, 1), from the low 23 bits.
  static float real(uint32_t bits) { return std::bit_cast<float>((127u << 23) | (bits & 0x7fffff)) - 1.0f; }
  // Uniform in [0, 1), from the low 20 bits of `high` and those of `low`.
  static double real(uint32_t high, uint32_t low) {
    return std::bit_cast<double>((uint64_t{1023} << 52) | (uint64_t{high & 0xfffff} << 32) | low) - 1.0;
  }

 private:
  static uint64_t narrow(int64_t seed) {
    return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(static_cast<uint32_t>(seed))));
  }

  uint64_t key_;
  uint64_t low_ = 0, high_;
};

}  // namespace pestle::ops
