// Samples as quantizing and evaluating see them: a fixed, ordered set that can be walked as often as needed.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"

namespace pestle {

class SampleSet {
 public:
  virtual ~SampleSet() = default;
  virtual size_t size() const = 0;
  // Calls `body` for the samples at the given positions, in that order, with the sample's position and one tensor a
  // model input. Samples that do not decode may be left out, the same ones on every walk. Memory does not grow with the number of samples.
  using Body = std::function<Status(size_t position, std::span<const Tensor> inputs)>;
  virtual Status for_each(std::span<const size_t> positions, const Body& body) const = 0;
};

// `wanted` of `available` positions, evenly spread: i * available / wanted; all of them if there are no more.
std::vector<size_t> spread(size_t available, size_t wanted);

}  // namespace pestle
