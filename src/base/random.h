// Seeded random numbers that are the same on every machine (xoshiro256**, seeded through splitmix64).
#pragma once

#include <cstdint>

namespace pestle {

class Random {
 public:
  explicit Random(uint64_t seed);
  uint64_t bits();
  // Uniform in [low, high], both included.
  int64_t integer(int64_t low, int64_t high);
  // Uniform in [low, high).
  double real(double low, double high);

 private:
  uint64_t state_[4];
};

}  // namespace pestle
