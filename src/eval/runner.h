// Runs models over samples, several samples at a time, and hands their outputs over in the order of samples.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/parallel.h"
#include "base/progress.h"
#include "base/samples.h"
#include "runtime/executor.h"

namespace pestle::eval {

// The outputs of one model for one sample, as real numbers (integers dequantized).
using RealOutputs = std::vector<std::vector<float>>;

// What feeds a model: the tensors of a sample from `first` on, which have the types of the inputs of model `typed_as`.
// Where its own types are others, floats are quantized with its input's scale and integers dequantized.
struct Feed {
  size_t first = 0;
  size_t typed_as = 0;
};

class Runner {
 public:
  // Without feeds all models share tensors in the types of the first one's inputs.
  Runner(std::vector<std::shared_ptr<const runtime::Plan>> plans, ThreadPool& pool, std::vector<Feed> feeds = {});

  // Calls body(position of the sample in the set, outputs of each plan) in order. `stage` names the work for the
  // progress sink.
  using Body = std::function<Status(size_t position, const std::vector<RealOutputs>& outputs)>;
  Status run(const SampleSet& samples, std::span<const size_t> positions, std::string_view stage,
             ProgressSink& progress, const Body& body);

 private:
  struct Lane {
    size_t position = 0;
    std::vector<Tensor> inputs;
    std::vector<std::unique_ptr<runtime::Executor>> executors;
    std::vector<RealOutputs> outputs;
    Status status;
  };
  void run_lane(Lane& lane);
  Status feed(Lane& lane, size_t model);
  Status flush(const Body& body);

  std::vector<std::shared_ptr<const runtime::Plan>> plans_;
  std::vector<Feed> feeds_;  // one a plan
  ThreadPool& pool_;
  ThreadPool alone_;
  std::vector<Lane> lanes_;
  size_t filled_ = 0;
};

// A tensor's real numbers.
std::vector<float> real_values(const ConstTensorView& view, const ir::Type& type);
// The tensor in another type, through real numbers.
Tensor convert(const ConstTensorView& view, const ir::Type& from, const ir::Type& to);

}  // namespace pestle::eval
