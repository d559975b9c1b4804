// How long models take: timed in alternation, so that what slows the machine down for a moment slows all of them.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "base/progress.h"
#include "runtime/executor.h"

namespace pestle::flows {

// Inputs that look like data of the type: floats in [-1, 1), small integers over their whole range, zeros where an
// integer may be an index.
std::vector<Tensor> stand_in_inputs(const ir::Graph& graph, uint64_t seed);

struct Latency {
  double median_ms = 0, min_ms = 0, p90_ms = 0;
};
// Of at least one time; the vector is sorted on the way.
Latency summarize(std::vector<double> milliseconds);

// What a reader must know where runs took very different times: the machine was busy with something else.
std::optional<std::string> unsteady(const Latency& latency);

// One executor a model, with its inputs set.
using Executors = std::vector<std::unique_ptr<runtime::Executor>>;
Result<Executors> make_executors(std::span<const std::shared_ptr<const runtime::Plan>> plans, uint64_t seed,
                                 ThreadPool& pool);

struct TimingOptions {
  size_t runs = 50;
  size_t warm_up = 5;  // runs before the first that counts
};
// One entry a model, in their order.
Result<std::vector<Latency>> time_in_alternation(Executors& executors, const TimingOptions& options,
                                                 ProgressSink& progress);

}  // namespace pestle::flows
