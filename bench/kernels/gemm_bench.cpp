// Rate of every gemm kernel on layers of EfficientNet-Lite0 and of a small transformer. GOP/s counts a multiply-add as
// two operations. Filter: --benchmark_filter=avx512
#include <benchmark/benchmark.h>

#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "base/fixed_point.h"
#include "base/random.h"
#include "kernels/gemm/gemm.h"

namespace pestle::kernels {
namespace {

struct Layer {
  const char* name;
  int m, n, taps, channels;
};
constexpr Layer kLayers[] = {
    {"1x1_112x112_16_96", 12544, 96, 1, 16}, {"1x1_56x56_144_32", 3136, 32, 1, 144},
    {"1x1_14x14_672_112", 196, 112, 1, 672}, {"1x1_7x7_1152_320", 49, 320, 1, 1152},
    {"1x1_28x28_40_240", 784, 240, 1, 40},   {"3x3_112x112_3_32", 12544, 32, 9, 3},
    {"3x3_28x28_64_64", 784, 64, 9, 64},     {"fc_1_1280_1000", 1, 1000, 1, 1280},
    {"fc_128_768_3072", 128, 3072, 1, 768},
};

class Aligned {
 public:
  explicit Aligned(size_t size) : data_(::operator new(size, std::align_val_t{64})) {}
  ~Aligned() { ::operator delete(data_, std::align_val_t{64}); }
  Aligned(const Aligned&) = delete;
  Aligned& operator=(const Aligned&) = delete;
  void* get() { return data_; }

 private:
  void* data_;
};

// The left operand: direct for one tap, else every pixel's taps start `channels` apart.
template <typename T>
struct Left {
  std::vector<T> values;
  std::vector<const void*> rows;
  GemmLeft left;

  explicit Left(const Layer& layer) : values(static_cast<size_t>((layer.m + layer.taps) * layer.channels)) {
    Random random(1);
    for (T& value : values) value = static_cast<T>(random.integer(-100, 100));
    if (layer.taps == 1) {
      left = {values.data(), static_cast<ptrdiff_t>(sizeof(T)) * layer.channels, nullptr};
      return;
    }
    for (int m = 0; m < layer.m; ++m) {
      for (int tap = 0; tap < layer.taps; ++tap) rows.push_back(values.data() + (m + tap) * layer.channels);
    }
    left.rows = rows.data();
  }
};

void report(benchmark::State& state, const Layer& layer) {
  const double operations = 2.0 * layer.m * layer.n * layer.taps * layer.channels * 1e-9;
  state.counters["GOP/s"] = benchmark::Counter(operations, benchmark::Counter::kIsIterationInvariantRate);
}

void run_f32(benchmark::State& state, const GemmF32Kernel& kernel, const Layer& layer) {
  Left<float> left(layer);
  GemmF32Weights w;
  w.shape = {layer.n, layer.taps, layer.channels};
  w.stride_n = layer.taps * layer.channels;
  const std::vector<float> weights(static_cast<size_t>(w.stride_n * layer.n), 0.25f);
  w.weights = weights.data();
  Aligned packed(gemm_f32_packed_size(w.shape, kernel.tile));
  gemm_f32_pack(w, kernel.tile, packed.get());
  std::vector<float> out(static_cast<size_t>(layer.m * layer.n));
  const GemmF32Args args = {w.shape, left.left, packed.get(), out.data(), layer.n, 0, 6};
  for (auto _ : state) kernel.run(args, {0, layer.m, 0, layer.n});
  report(state, layer);
}

template <typename T>
void run_int(benchmark::State& state, const GemmIntKernel& kernel, const Layer& layer) {
  Left<T> left(layer);
  GemmIntWeights w;
  w.shape = {layer.n, layer.taps, layer.channels};
  w.stride_n = layer.taps * layer.channels;
  const std::vector<int8_t> weights(static_cast<size_t>(w.stride_n * layer.n), 3);
  const std::vector<FixedMultiplier> multipliers(static_cast<size_t>(layer.n), quantize_multiplier(0.003));
  w.weights = weights.data();
  w.left_zero = sizeof(T) == 1 ? -5 : 0;
  w.scaling = sizeof(T) == 1 ? GemmScaling::kFixed : GemmScaling::kFixed64;
  w.multipliers = multipliers.data();
  Aligned packed(gemm_int_packed_size(w.shape, kernel));
  gemm_int_pack(w, kernel, packed.get());
  std::vector<T> out(static_cast<size_t>(layer.m * layer.n));
  GemmIntArgs args = {w.shape, left.left, packed.get(), out.data(), layer.n, w.scaling, 0, 3, -128, 127};
  for (auto _ : state) kernel.run(args, {0, layer.m, 0, layer.n});
  report(state, layer);
}

template <typename Kernel, typename Run>
void add_all(KernelList<Kernel> kernels, Run run) {
  for (const Layer& layer : kLayers) {
    for (int i = 0; i < kernels.count; ++i) {
      const Kernel& kernel = kernels.rows[i];
      if (!has_isa(kernel.isa)) continue;
      const std::string name = std::string(kernel.name) + "/" + layer.name;
      benchmark::RegisterBenchmark(name.c_str(),
                                   [&kernel, &layer, run](benchmark::State& state) { run(state, kernel, layer); });
    }
  }
}

const bool kAdded = [] {
  add_all(gemm_f32_kernels(), run_f32);
  add_all(gemm_i8_kernels(), run_int<int8_t>);
  add_all(gemm_i16_kernels(), run_int<int16_t>);
  return true;
}();

}  // namespace
}  // namespace pestle::kernels
