// Drives a target without libFuzzer: every file of the given files and folders once, and, with --mutations N, N changes
// of each under fixed seeds. For builds with any compiler and sanitizer, and for the reproducers.
//
//   pestle_fuzz_tflite [--mutations N] FILE-OR-FOLDER...
#include <algorithm>
#include <filesystem>
#include <vector>

#include "tests/fuzz/dice.h"
#include "tests/fuzz/target.h"

// Targets without a mutator of their own have bytes changed.
extern "C" __attribute__((weak)) size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                                                unsigned seed) {
  (void)seed;
  return LLVMFuzzerMutate(data, size, max_size);
}

// Stands in for libFuzzer's: one byte changes, goes away or is added.
size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size) {
  static unsigned calls = 0;
  pestle::fuzz::Dice dice(++calls);
  if (size == 0) return 0;
  const size_t at = dice.below(size);
  switch (dice.below(4)) {
    case 0: std::copy(data + at + 1, data + size, data + at); return size - 1;
    case 1:
      if (size == max_size) return size;
      std::copy_backward(data + at, data + size, data + size + 1);
      data[at] = static_cast<uint8_t>(dice.below(256));
      return size + 1;
    case 2: return at;
    default: data[at] = static_cast<uint8_t>(dice.below(256)); return size;
  }
}

namespace {

namespace fs = std::filesystem;

constexpr size_t kGrowth = 4096;
constexpr unsigned kChain = 5;  // so many changes on top of one another, then from the file again

std::vector<fs::path> files_of(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void run(const std::vector<uint8_t>& input) { LLVMFuzzerTestOneInput(input.data(), input.size()); }

bool replay(const fs::path& path, unsigned mutations) {
  const auto file = pestle::map_file(path.string());
  if (!file) {
    std::fprintf(stderr, "%s\n", pestle::describe(file.error()).c_str());
    return false;
  }
  const auto* begin = reinterpret_cast<const uint8_t*>(file->data());
  const std::vector<uint8_t> original(begin, begin + file->size());
  run(original);
  std::vector<uint8_t> changed;
  for (unsigned seed = 1; seed <= mutations; ++seed) {
    if (seed % kChain == 1) changed = original;
    const size_t size = changed.size();
    changed.resize(size + kGrowth);
    changed.resize(LLVMFuzzerCustomMutator(changed.data(), size, changed.size(), seed));
    run(changed);
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  unsigned mutations = 0;
  size_t count = 0;
  bool is_fine = true;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--mutations" && i + 1 < argc) {
      mutations = static_cast<unsigned>(std::atoi(argv[++i]));
      continue;
    }
    if (!fs::exists(argv[i])) continue;  // a target without reproducers has no folder
    for (const fs::path& path : files_of(argv[i])) {
      is_fine = replay(path, mutations) && is_fine;
      ++count;
    }
  }
  std::printf("%zu files, %zu executions\n", count, count * (mutations + 1));
  return is_fine && count > 0 ? 0 : 1;
}
