// Sources whose samples are rows of arrays.
#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "codec/npz.h"
#include "data/readers.h"
#include "data/source_build.h"

namespace pestle::data {
namespace {

using codec::NamedArray;

std::string list_arrays(const std::vector<NamedArray>& arrays) {
  std::vector<std::string> parts;
  for (const NamedArray& named : arrays) {
    parts.push_back(
        fmt::format("\"{}\" ({} {})", named.name, dtype_name(named.array.dtype), to_string(named.array.shape)));
  }
  return parts.empty() ? "no arrays" : join(parts, ", ");
}

// The arrays in the inputs' order. One array and one input belong together whatever their names.
Result<std::vector<codec::NpyArray>> match_arrays(const std::vector<NamedArray>& arrays, const DataRequest& request) {
  const auto& inputs = request.inputs;
  if (inputs.size() == 1 && arrays.size() == 1) return std::vector{arrays[0].array};
  std::vector<std::optional<codec::NpyArray>> matched(inputs.size());
  for (const NamedArray& named : arrays) {
    const auto input = find_input(named.name, inputs);
    if (input) matched[*input] = named.array;
  }
  std::vector<codec::NpyArray> ordered;
  std::vector<std::string> unfed;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (matched[i]) ordered.push_back(*matched[i]);
    if (!matched[i]) unfed.push_back(describe(inputs[i]));
  }
  if (unfed.empty()) return ordered;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{} does not fit the model's inputs: nothing for {}; found {}", request.path,
                          join(unfed, ", "), list_arrays(arrays)),
              "name the arrays like the inputs, or by place: #0 is the first input");
}

Result<size_t> count_rows(const std::vector<NamedArray>& arrays, const std::vector<codec::NpyArray>& matched,
                          const DataRequest& request) {
  int64_t rows = -1;
  bool equal = true;
  for (const codec::NpyArray& array : matched) {
    const int64_t found = array.shape.rank() == 0 ? -1 : array.shape[0];
    if (rows < 0) rows = found;
    equal = equal && found == rows && found >= 0;
  }
  if (!equal) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("the first axis of an array counts samples, and {} holds {}",
                                                         request.path, list_arrays(arrays)));
  }
  if (rows == 0)
    return fail(ErrorCode::kNotFound, fmt::format("{} holds no samples: {}", request.path, list_arrays(arrays)));
  return static_cast<size_t>(rows);
}

Result<Found> rows_of(const std::vector<NamedArray>& arrays, const DataRequest& request) {
  PESTLE_ASSIGN(auto matched, match_arrays(arrays, request));
  PESTLE_ASSIGN(const size_t rows, count_rows(arrays, matched, request));
  Found found;
  for (size_t row = 0; row < rows; ++row) found.samples.push_back({fmt::format("row {}", row), {}, {}, row});
  found.reader = std::make_shared<ArrayReader>(std::move(matched), request.preprocess, request.inputs);
  return found;
}

}  // namespace

Result<Found> find_in_npy(const DataRequest& request, const std::vector<NamedFile>& files) {
  std::vector<NamedArray> arrays;
  for (const NamedFile& file : files) {
    PESTLE_ASSIGN(const Bytes bytes, map_file(file.path));
    auto array = codec::read_npy(bytes);
    if (!array) return in_context(std::move(array).error(), file.path);
    arrays.push_back({file.name, std::move(*array)});
  }
  return rows_of(arrays, request);
}

Result<Found> find_in_npz(const DataRequest& request) {
  PESTLE_ASSIGN(const Bytes bytes, map_file(request.path));
  PESTLE_ASSIGN(const auto arrays, codec::read_npz_unaligned(bytes));
  return rows_of(arrays, request);
}

Status apply_index_table(const LabelTable& table, Found& found) {
  if (!table.by_index) {
    return fail(ErrorCode::kInvalidFile, "it is keyed by file, and the data are rows of an array",
                "a label file for arrays has a column 'index'");
  }
  std::vector<FoundSample> samples;
  for (const LabelRow& row : table.rows) {
    if (row.index >= static_cast<int64_t>(found.samples.size())) {
      return fail(ErrorCode::kInvalidFile,
                  fmt::format("index {} is beyond the {} rows of the data", row.index, found.samples.size()),
                  "is it the label file of another array?");
    }
    FoundSample sample = found.samples[static_cast<size_t>(row.index)];
    sample.label = row.label;
    sample.split = row.split;
    samples.push_back(std::move(sample));
  }
  if (samples.empty()) return fail(ErrorCode::kInvalidFile, "it lists no samples");
  found.samples = std::move(samples);
  return {};
}

Status apply_row_labels(const std::vector<std::string>& labels, Found& found) {
  if (labels.size() != found.samples.size()) {
    return fail(ErrorCode::kInvalidFile,
                fmt::format("it holds {} labels, and the data {} rows", labels.size(), found.samples.size()),
                "one label a row is expected, in the order of rows; columns 'index,label' label some of them");
  }
  for (size_t i = 0; i < labels.size(); ++i) found.samples[i].label = labels[i];
  return {};
}

}  // namespace pestle::data
