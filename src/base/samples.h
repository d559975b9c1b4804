// Samples as quantizing and evaluating see them: a fixed, ordered set that can be walked as often as needed.
#pragma once

#include <functional>
#include <span>

#include "base/status.h"
#include "base/tensor.h"

namespace pestle {

class SampleSet {
 public:
  virtual ~SampleSet() = default;
  virtual size_t size() const = 0;
  // Calls `body` for every sample in order, with one tensor a model input. Samples that do not decode may be left
  // out, the same ones on every walk. Memory does not grow with the number of samples.
  using Body = std::function<Status(std::span<const Tensor> inputs)>;
  virtual Status for_each(const Body& body) const = 0;
};

}  // namespace pestle
