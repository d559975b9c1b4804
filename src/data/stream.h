// Samples one after the other, decoded ahead by threads of the stream's own. They come in the order that was asked
// for, whatever the number of threads; at most `ahead` decoded samples exist at a time, so memory does not grow with
// their number. A sample whose file does not decode is left out and counted, or, with `strict`, an error; anything
// else that is wrong (shape, type, NaN) is always an error.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/source.h"

namespace pestle::data {

struct StreamOptions {
  int threads = 2;
  size_t ahead = 8;
  bool strict = false;
  std::function<bool()> cancelled;  // asked before each sample, from the thread that calls next()
};

struct Sample {
  size_t index = 0;  // in the source
  std::vector<Tensor> inputs;
};

class SampleStream {
 public:
  // The source must outlive the stream.
  SampleStream(const DataSource& source, std::vector<size_t> indices, StreamOptions options);
  ~SampleStream();  // stops the threads; samples under way are finished and dropped
  SampleStream(const SampleStream&) = delete;
  SampleStream& operator=(const SampleStream&) = delete;

  // The next sample; nothing at the end. An end without a single sample is an error. After an error the stream is over.
  Result<std::optional<Sample>> next();

  // Samples left out so far, and why the first of them was.
  size_t skipped() const;
  const std::optional<Error>& first_skip() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pestle::data
