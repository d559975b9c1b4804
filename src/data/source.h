// What --data names, as an ordered list of samples: a folder of pictures or sounds (with labels.csv, or one
// sub-folder a class), one picture or sound, a .csv naming files, a .npy, a .npz, or a folder with one .npy an input.
// A list has names, labels and splits for every sample; the contents of one sample are read when it is loaded.
//
// Order: rows of the label file where there is one, else sorted names (of classes, then of files), else rows.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"
#include "data/input.h"
#include "data/preprocess.h"

namespace pestle::data {

struct DataRequest {
  std::string path;
  std::string labels;        // --labels; empty: labels.csv in a folder, if it is there
  std::string split;         // --split; empty: all samples
  int64_t label_offset = 0;  // added to every label
  std::optional<Chain> preprocess;
  std::vector<InputSpec> inputs;  // in the model's order
};

struct SampleInfo {
  std::string name;  // file, relative to the data, or "row 17"
  std::optional<int64_t> label;
  std::string split;
};

// Reads the inputs of sample `row`, from any thread.
class SampleReader {
 public:
  virtual ~SampleReader() = default;
  virtual Result<std::vector<Tensor>> read(size_t row) const = 0;
};

class DataSource {
 public:
  static Result<DataSource> open(const DataRequest& request);

  size_t size() const { return samples_.size(); }
  const SampleInfo& info(size_t i) const { return samples_[i]; }
  const std::vector<std::string>& class_names() const { return class_names_; }
  bool has_labels() const;
  // True if nothing said which number a class has: they are numbered in the order of their names.
  bool numbers_classes() const { return numbers_classes_; }

  // One tensor an input, in the model's order. Errors name the sample; those of code kInvalidFile or kUnsupported
  // mean that this sample's file is bad and others may be fine. May be called from several threads.
  Result<std::vector<Tensor>> load(size_t i) const;

 private:
  std::vector<SampleInfo> samples_;
  std::vector<size_t> rows_;  // of the reader
  std::vector<std::string> class_names_;
  bool numbers_classes_ = false;
  std::shared_ptr<const SampleReader> reader_;
  friend class SourceBuilder;
};

// Rows i*M/N of M: N samples evenly spread, all of them if N is 0 or not below M.
std::vector<size_t> choose(size_t available, size_t wanted);

// The input that a name in a file or on the command line means: its name, with or without "serving_default_" in
// front and ":0" behind, or "#k" for its place. Nothing if none or several fit.
std::optional<size_t> find_input(std::string_view name, std::span<const InputSpec> inputs);

// One input from one file: a picture, a sound or a .npy.
Result<Tensor> load_input(const std::string& path, const std::optional<Chain>& preprocess, const InputSpec& spec);

}  // namespace pestle::data
