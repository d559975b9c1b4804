// Rate of every depthwise kernel on layers of EfficientNet-Lite0. GOP/s counts a multiply-add as two operations.
#include <benchmark/benchmark.h>

#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "base/fixed_point.h"
#include "base/random.h"
#include "kernels/depthwise/depthwise.h"

namespace pestle::kernels {
namespace {

struct Layer {
  const char* name;
  int size, channels, filter, stride;
};
constexpr Layer kLayers[] = {
    {"3x3_112_32", 112, 32, 3, 1}, {"3x3s2_112_96", 112, 96, 3, 2}, {"3x3_56_144", 56, 144, 3, 1},
    {"5x5_28_240", 28, 240, 5, 1}, {"3x3_14_480", 14, 480, 3, 1},   {"5x5_14_672", 14, 672, 5, 1},
    {"5x5_7_1152", 7, 1152, 5, 1},
};

DepthwiseShape shape_of(const Layer& layer) {
  DepthwiseShape s;
  s.in_height = s.in_width = layer.size;
  s.out_height = s.out_width = layer.size / layer.stride;
  s.channels = layer.channels;
  s.filter_height = s.filter_width = layer.filter;
  s.stride_height = s.stride_width = layer.stride;
  s.pad_top = s.pad_left = (layer.filter - layer.stride) / 2;
  return s;
}

// Zeros, aligned as the planner's arena is.
struct Aligned {
  void* data;
  explicit Aligned(size_t size) : data(::operator new(size, std::align_val_t{64})) { std::memset(data, 0, size); }
  ~Aligned() { ::operator delete(data, std::align_val_t{64}); }
  Aligned(const Aligned&) = delete;
  Aligned& operator=(const Aligned&) = delete;
};

void report(benchmark::State& state, const DepthwiseShape& s) {
  const double operations = 2e-9 * s.out_height * s.out_width * s.channels * s.filter_height * s.filter_width;
  state.counters["GOP/s"] = benchmark::Counter(operations, benchmark::Counter::kIsIterationInvariantRate);
}

void run_f32(benchmark::State& state, const DepthwiseF32Kernel& kernel, const Layer& layer) {
  const DepthwiseShape s = shape_of(layer);
  const Aligned input(sizeof(float) * static_cast<size_t>(s.in_height * s.in_width * s.channels));
  const std::vector<float> weights(static_cast<size_t>(s.filter_height * s.filter_width * s.channels), 0.25f);
  const Aligned out(sizeof(float) * static_cast<size_t>(s.out_height * s.out_width * s.channels));
  Aligned packed(depthwise_f32_packed_size(s, kernel));
  depthwise_f32_pack(s, kernel, weights.data(), nullptr, packed.data);
  const DepthwiseF32Args args = {
      s, static_cast<const float*>(input.data), packed.data, static_cast<float*>(out.data), 0, 6};
  for (auto _ : state) kernel.run(args, 0, s.out_height);
  report(state, s);
}

template <typename T>
void run_int(benchmark::State& state, const DepthwiseIntKernel& kernel, const Layer& layer) {
  const DepthwiseShape s = shape_of(layer);
  const Aligned input(sizeof(T) * static_cast<size_t>(s.in_height * s.in_width * s.channels));
  const std::vector<int8_t> weights(static_cast<size_t>(s.filter_height * s.filter_width * s.channels), 3);
  const std::vector<FixedMultiplier> multipliers(static_cast<size_t>(s.channels), quantize_multiplier(0.01));
  const std::vector<T> zero_row(static_cast<size_t>(s.channels));
  const Aligned out(sizeof(T) * static_cast<size_t>(s.out_height * s.out_width * s.channels));
  DepthwiseIntWeights w;
  w.shape = s;
  w.weights = weights.data();
  w.multipliers = multipliers.data();
  Aligned packed(depthwise_int_packed_size(s, kernel));
  depthwise_int_pack(w, kernel, packed.data);
  const DepthwiseIntArgs args = {s, input.data, packed.data, zero_row.data(), out.data, DepthwiseScaling::kFixed,
                                 3, -128,       127};
  for (auto _ : state) kernel.run(args, 0, s.out_height);
  report(state, s);
}

template <typename Kernel, typename Run>
void add_all(DepthwiseList<Kernel> kernels, Run run) {
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
  add_all(depthwise_f32_kernels(), run_f32);
  add_all(depthwise_i8_kernels(), run_int<int8_t>);
  add_all(depthwise_i16_kernels(), run_int<int16_t>);
  return true;
}();

}  // namespace
}  // namespace pestle::kernels
