// RIFF/WAVE sound: PCM of 8, 16, 24 or 32 bits and 32-bit float, as floats from -1 to 1, channels interleaved.
#pragma once

#include <span>
#include <vector>

#include "base/status.h"

namespace pestle::codec {

struct Wav {
  int rate = 0;  // frames a second
  int channels = 0;
  std::vector<float> samples;  // frames * channels

  size_t frames() const { return samples.size() / static_cast<size_t>(channels); }
};

Result<Wav> read_wav(std::span<const std::byte> file);

}  // namespace pestle::codec
