// How DataSource::open finds the samples: one function for each thing that --data may name.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/labels.h"
#include "data/source.h"

namespace pestle::data {

// A sample before labels are numbers and splits are chosen.
struct FoundSample {
  std::string name;
  std::string label;
  std::string split;
  size_t row = 0;  // of the reader
};

struct Found {
  std::vector<FoundSample> samples;
  std::vector<std::string> class_names;
  bool by_folder = false;  // labels are the names of sub-folders
  std::shared_ptr<const SampleReader> reader;
};

Result<Found> find_in_folder(const DataRequest& request, const LabelFile& labels);
Result<Found> find_in_file(const DataRequest& request, const LabelFile& labels);

// Arrays for the inputs by name; `found` without labels.
struct NamedFile {
  std::string name;  // the input's name as the data spell it
  std::string path;
};
Result<Found> find_in_npy(const DataRequest& request, const std::vector<NamedFile>& files);
Result<Found> find_in_npz(const DataRequest& request);

// Reorders and limits the rows of arrays to those of a table keyed by index.
Status apply_index_table(const LabelTable& table, Found& found);
// One label a row, in order.
Status apply_row_labels(const std::vector<std::string>& labels, Found& found);

}  // namespace pestle::data
