// "RIFF", 4 bytes size, "WAVE", then chunks: 4 bytes name, 4 bytes size, data, padded to an even length.
// "fmt ": format (1 PCM, 3 float, 0xFFFE extensible) and channels of 2 bytes each, frames a second (4),
// bytes a second (4), bytes a frame (2), bits a sample (2); extensible: the format again at offset 24.
// "data": the samples, little endian; 8-bit ones are unsigned around 128.
#include "codec/wav.h"

#include <fmt/core.h>

#include <cstring>

#include "codec/little_endian.h"

namespace pestle::codec {
namespace {

constexpr int kPcm = 1, kFloat = 3, kExtensible = 0xfffe;
constexpr int kMaxChannels = 64;
constexpr int kMaxRate = 1 << 20;

struct Format {
  int code = 0, channels = 0, rate = 0, bits = 0;
};

Failure bad_wav(const char* why) {
  return fail(ErrorCode::kInvalidFile, fmt::format("not a readable .wav file: {}", why));
}

Result<Format> parse_format(std::span<const std::byte> chunk) {
  if (chunk.size() < 16) return bad_wav("its format chunk is too short");
  Format format;
  format.code = load_le<uint16_t>(chunk, 0);
  format.channels = load_le<uint16_t>(chunk, 2);
  const uint32_t rate = load_le<uint32_t>(chunk, 4);
  format.bits = load_le<uint16_t>(chunk, 14);
  if (format.code == kExtensible && chunk.size() >= 26) format.code = load_le<uint16_t>(chunk, 24);
  if (format.channels < 1 || format.channels > kMaxChannels) return bad_wav("it has no channels, or more than 64");
  if (rate < 1 || rate > kMaxRate) return bad_wav("its sample rate is absurd");
  format.rate = static_cast<int>(rate);
  const bool pcm = format.code == kPcm && format.bits % 8 == 0 && format.bits >= 8 && format.bits <= 32;
  if (!pcm && !(format.code == kFloat && format.bits == 32)) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("the .wav file has format {} with {} bits a sample", format.code, format.bits),
                "save it as 16-bit PCM");
  }
  return format;
}

float sample_at(std::span<const std::byte> data, size_t offset, const Format& format) {
  if (format.code == kFloat) return load_le<float>(data, offset);
  switch (format.bits) {
    case 8: return static_cast<float>(static_cast<int>(data[offset]) - 128) * 0x1p-7f;
    case 16: return static_cast<float>(load_le<int16_t>(data, offset)) * 0x1p-15f;
    case 24: {
      const uint32_t low = load_le<uint16_t>(data, offset);
      const auto high = static_cast<int8_t>(data[offset + 2]);
      return static_cast<float>(high * 65536 + static_cast<int>(low)) * 0x1p-23f;
    }
    default: return static_cast<float>(load_le<int32_t>(data, offset)) * 0x1p-31f;
  }
}

}  // namespace

Result<Wav> read_wav(std::span<const std::byte> file) {
  if (file.size() < 12 || std::memcmp(file.data(), "RIFF", 4) != 0 || std::memcmp(file.data() + 8, "WAVE", 4) != 0) {
    return bad_wav("it does not begin with RIFF and WAVE");
  }
  Format format;
  size_t at = 12;
  while (file.size() - at >= 8) {
    const auto name = file.subspan(at, 4);
    const size_t size = load_le<uint32_t>(file, at + 4);
    at += 8;
    if (size > file.size() - at) return bad_wav("it is cut short");
    const auto chunk = file.subspan(at, size);
    if (std::memcmp(name.data(), "fmt ", 4) == 0) {
      PESTLE_ASSIGN(format, parse_format(chunk));
    } else if (std::memcmp(name.data(), "data", 4) == 0) {
      if (format.channels == 0) return bad_wav("its data come before its format");
      const size_t width = static_cast<size_t>(format.bits) / 8;
      if (size % (width * static_cast<size_t>(format.channels)) != 0) return bad_wav("its data end inside a frame");
      Wav wav{format.rate, format.channels, std::vector<float>(size / width)};
      for (size_t i = 0; i < wav.samples.size(); ++i) wav.samples[i] = sample_at(chunk, i * width, format);
      return wav;
    }
    at = std::min(at + size + size % 2, file.size());
  }
  return bad_wav("it is cut short: it holds no samples");
}

}  // namespace pestle::codec
