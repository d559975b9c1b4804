#include "flows/latency.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "base/random.h"

namespace pestle::flows {
namespace {

void fill(Tensor& tensor, Random& random) {
  const TensorView view = tensor.view();
  switch (tensor.dtype()) {
    case DType::kFloat32:
      for (float& value : view.values<float>()) value = static_cast<float>(random.real(-1.0, 1.0));
      break;
    case DType::kInt8:
    case DType::kUInt8:
    case DType::kInt16:
      for (std::byte& value : view.bytes) value = static_cast<std::byte>(random.integer(0, 255));
      break;
    default: break;
  }
}

}  // namespace

std::vector<Tensor> stand_in_inputs(const ir::Graph& graph, uint64_t seed) {
  Random random(seed);
  std::vector<Tensor> inputs;
  for (ir::ValueId id : graph.inputs) {
    inputs.emplace_back(graph.values[id].type.dtype, graph.values[id].type.shape);
    fill(inputs.back(), random);
  }
  return inputs;
}

Latency summarize(std::vector<double> milliseconds) {
  std::sort(milliseconds.begin(), milliseconds.end());
  const size_t count = milliseconds.size();
  const double middle = milliseconds[count / 2];
  const double median = count % 2 == 1 ? middle : (milliseconds[count / 2 - 1] + middle) / 2;
  // The smallest time that at least nine tenths of the runs did not exceed.
  const size_t p90 = (count * 9 + 9) / 10 - 1;
  return {median, milliseconds[0], milliseconds[p90]};
}

std::optional<std::string> unsteady(const Latency& latency) {
  constexpr double kSteady = 2;        // times the shortest run
  constexpr double kNoticeable = 0.1;  // ms: clocks and interrupts disturb anything shorter
  if (latency.median_ms < kSteady * latency.min_ms || latency.median_ms - latency.min_ms < kNoticeable)
    return std::nullopt;
  return fmt::format("the machine was busy: half of the runs took more than {:.1f} times the shortest one",
                     latency.median_ms / latency.min_ms);
}

Result<Executors> make_executors(std::span<const std::shared_ptr<const runtime::Plan>> plans, uint64_t seed,
                                 ThreadPool& pool) {
  Executors executors;
  for (const auto& plan : plans) {
    executors.push_back(std::make_unique<runtime::Executor>(plan, pool));
    const std::vector<Tensor> inputs = stand_in_inputs(plan->graph(), seed);
    for (size_t i = 0; i < inputs.size(); ++i) {
      PESTLE_TRY(executors.back()->set_input(static_cast<int>(i), inputs[i].view()));
    }
  }
  return executors;
}

Result<std::vector<Latency>> time_in_alternation(Executors& executors, const TimingOptions& options,
                                                 ProgressSink& progress) {
  using Clock = std::chrono::steady_clock;
  std::vector<std::vector<double>> times(executors.size());
  const size_t rounds = options.warm_up + options.runs;
  for (size_t round = 0; round < rounds; ++round) {
    if (progress.cancelled()) return fail(ErrorCode::kCancelled, "interrupted");
    for (size_t m = 0; m < executors.size(); ++m) {
      executors[m]->reset_variables();
      const Clock::time_point start = Clock::now();
      PESTLE_TRY(executors[m]->run());
      const std::chrono::duration<double, std::milli> taken = Clock::now() - start;
      if (round >= options.warm_up) times[m].push_back(taken.count());
    }
    progress.update("timing", static_cast<int64_t>(round + 1), static_cast<int64_t>(rounds));
  }
  std::vector<Latency> latencies;
  for (std::vector<double>& list : times) latencies.push_back(summarize(std::move(list)));
  return latencies;
}

}  // namespace pestle::flows
