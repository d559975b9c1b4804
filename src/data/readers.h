// The two ways in which samples lie in files: a file an input and sample (FileReader), or rows of arrays
// (ArrayReader). Both read when asked and keep nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/npy.h"
#include "data/source.h"

namespace pestle::data {

class FileReader final : public SampleReader {
 public:
  // paths[row * inputs.size() + input]
  FileReader(std::vector<std::string> paths, std::optional<Chain> chain, std::vector<InputSpec> inputs);
  Result<std::vector<Tensor>> read(size_t row) const override;

 private:
  std::vector<std::string> paths_;
  std::optional<Chain> chain_;
  std::vector<InputSpec> inputs_;
};

class ArrayReader final : public SampleReader {
 public:
  // One array an input; the first axis of each counts samples (checked by the caller: equal and at least 1).
  ArrayReader(std::vector<codec::NpyArray> arrays, const std::optional<Chain>& chain, std::vector<InputSpec> inputs);
  Result<std::vector<Tensor>> read(size_t row) const override;

 private:
  std::vector<codec::NpyArray> arrays_;
  Chain chain_;
  std::vector<InputSpec> inputs_;
};

}  // namespace pestle::data
