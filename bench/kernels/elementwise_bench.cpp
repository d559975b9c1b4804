// Rate of every element-wise and pooling kernel on one activation of EfficientNet-Lite0 (56 x 56 x 24; pooling
// 7 x 7 x 1280 and 3 x 3 over 56 x 56 x 64). Values a second: elements of the output, for pooling values read.
#include <benchmark/benchmark.h>

#include <cstring>
#include <new>
#include <string>

#include "kernels/elementwise/elementwise.h"
#include "kernels/pool/pool.h"

namespace pestle::kernels {
namespace {

struct Aligned {
  char* data;
  explicit Aligned(size_t size) : data(static_cast<char*>(::operator new(size, std::align_val_t{64}))) {
    std::memset(data, 1, size);
  }
  ~Aligned() { ::operator delete(data, std::align_val_t{64}); }
  Aligned(const Aligned&) = delete;
  Aligned& operator=(const Aligned&) = delete;
};

void report(benchmark::State& state, double values) {
  state.counters["Gvalues/s"] = benchmark::Counter(values * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}

void run_binary(benchmark::State& state, const BinaryKernel& kernel) {
  constexpr int kRows = 56 * 56, kColumns = 24;
  const Aligned a(kRows * kColumns * 4), b(kRows * kColumns * 4), out(kRows * kColumns * 4);
  BinaryArgs args;
  args.columns = kRows * kColumns;
  args.a = a.data;
  args.b = b.data;
  args.out = out.data;
  args.float_hi = 6;
  args.left_shift = 15;
  args.a_multiplier = args.b_multiplier = args.out_multiplier = {1 << 30, -3};
  args.hi = 100;
  for (auto _ : state) kernel.run(args, 0, 1);
  report(state, kRows * kColumns);
}

void run_pool(benchmark::State& state, const PoolKernel& kernel, const PoolShape& shape) {
  const Aligned in(4 * static_cast<size_t>(shape.in_height * shape.in_width * shape.channels));
  const Aligned out(4 * static_cast<size_t>(shape.out_height * shape.out_width * shape.channels));
  const PoolArgs args = {shape, in.data, out.data, 0, 6, -100, 100};
  for (auto _ : state) kernel.run(args, 0, shape.out_height);
  report(state, 1.0 * shape.out_height * shape.out_width * shape.channels * shape.filter_height * shape.filter_width);
}

void run_table(benchmark::State& state, const TableKernel& kernel) {
  constexpr int kSize = 56 * 56 * 24;
  const Aligned table(256), in(kSize), out(kSize);
  const auto bytes = [](const Aligned& memory) { return reinterpret_cast<uint8_t*>(memory.data); };
  for (auto _ : state) kernel.run({bytes(table), bytes(in), bytes(out)}, 0, kSize);
  report(state, kSize);
}

constexpr PoolShape kGlobal = {7, 7, 1280, 1, 1, 7, 7, 1, 1, 0, 0};
constexpr PoolShape kWindow = {56, 56, 64, 28, 28, 3, 3, 2, 2, 0, 0};

const bool kAdded = [] {
  for (int i = 0; i < binary_kernels().count; ++i) {
    const BinaryKernel& kernel = binary_kernels().rows[i];
    if (has_isa(kernel.isa))
      benchmark::RegisterBenchmark(kernel.name, [&kernel](benchmark::State& state) { run_binary(state, kernel); });
  }
  for (int i = 0; i < pool_kernels().count; ++i) {
    const PoolKernel& kernel = pool_kernels().rows[i];
    if (!has_isa(kernel.isa)) continue;
    const std::string name = kernel.name;
    benchmark::RegisterBenchmark((name + "/7x7_1280").c_str(),
                                 [&kernel](benchmark::State& state) { run_pool(state, kernel, kGlobal); });
    benchmark::RegisterBenchmark((name + "/3x3_56_64").c_str(),
                                 [&kernel](benchmark::State& state) { run_pool(state, kernel, kWindow); });
  }
  for (int i = 0; i < table_kernels().count; ++i) {
    const TableKernel& kernel = table_kernels().rows[i];
    benchmark::RegisterBenchmark(kernel.name, [&kernel](benchmark::State& state) { run_table(state, kernel); });
  }
  return true;
}();

}  // namespace
}  // namespace pestle::kernels
