// A fuzz target: LLVMFuzzerTestOneInput() reads hostile bytes and may return whatever it likes, but must not crash,
// leak, hang or break a promise; LLVMFuzzerCustomMutator(), where a target has it, changes decoded structs instead of
// bytes, so that inputs pass the door and reach the checks behind it. libFuzzer drives targets in the `fuzz` preset,
// replay.cpp in every other build.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/file.h"

extern "C" {
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);
}

namespace pestle::fuzz {

// A copy of exactly that size, so that the address sanitizer sees the first byte that is read beyond it.
inline Bytes input_of(const uint8_t* data, size_t size) { return Bytes::copy_of(std::as_bytes(std::span(data, size))); }
inline std::string_view text_of(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Stops the run where a room broke what its header promises.
inline void promise(bool kept, const char* what, const std::string& detail = {}) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s: %s\n", what, detail.c_str());
  std::abort();
}

// Hands a mutator's result to the driver; the old input stays where it does not fit.
inline size_t replace_input(uint8_t* data, size_t size, size_t max_size, std::span<const std::byte> result) {
  if (result.empty() || result.size() > max_size) return size;
  std::memcpy(data, result.data(), result.size());
  return result.size();
}

class Buffer final : public ByteSink {
 public:
  Status write(std::span<const std::byte> more) override {
    bytes.insert(bytes.end(), more.begin(), more.end());
    return {};
  }
  std::vector<std::byte> bytes;
};

}  // namespace pestle::fuzz
