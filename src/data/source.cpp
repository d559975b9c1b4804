#include "data/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "data/source_build.h"

namespace pestle::data {
namespace {

std::string_view bare_name(std::string_view name) {
  constexpr std::string_view kPrefix = "serving_default_";
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  if (name.ends_with(":0")) name.remove_suffix(2);
  return name;
}

// A label file was named, and names of classes alone label nothing.
Status check_named_labels(const DataRequest& request, const LabelFile& labels, const Found& found) {
  if (request.labels.empty() || labels.table) return {};
  if (std::ranges::any_of(found.samples, [](const FoundSample& sample) { return !sample.label.empty(); })) return {};
  return in_context(fail(ErrorCode::kInvalidFile,
                         fmt::format("it holds {} names of classes, and nothing says which sample is of which class",
                                     labels.class_names.size()),
                         "a label file begins with the line 'file,label', or 'index,label' for arrays; class names "
                         "need a labels.csv in the folder or one sub-folder a class")
                        .value(),
                    request.labels);
}

Result<Found> find_samples(const DataRequest& request) {
  const bool is_folder = is_directory(request.path);
  LabelFile labels;
  if (!request.labels.empty()) {
    PESTLE_ASSIGN(labels, read_label_file(request.labels, is_folder ? request.path : ""));
  }
  PESTLE_ASSIGN(Found found, is_folder ? find_in_folder(request, labels) : find_in_file(request, labels));
  PESTLE_TRY(check_named_labels(request, labels, found));
  return found;
}

Failure no_such_split(const std::string& wanted, const std::vector<FoundSample>& samples) {
  std::set<std::string> splits;
  for (const FoundSample& sample : samples) {
    if (!sample.split.empty()) splits.insert(sample.split);
  }
  const std::vector<std::string> names(splits.begin(), splits.end());
  return fail(ErrorCode::kNotFound, fmt::format("no sample belongs to the split '{}'", wanted),
              names.empty() ? "the label file needs a column 'split'" : fmt::format("splits: {}", join(names, ", ")));
}

}  // namespace

Result<DataSource> DataSource::open(const DataRequest& request) {
  if (request.inputs.empty()) return fail(ErrorCode::kInvalidArgument, "the model has no inputs to feed");
  PESTLE_ASSIGN(Found found, find_samples(request));

  // Classes are numbered over all samples, so that a split does not change their numbers.
  std::vector<std::string> texts;
  for (const FoundSample& sample : found.samples) texts.push_back(sample.label);
  const bool named = !found.class_names.empty();
  auto labels = resolve_labels(texts, found.class_names);
  if (!labels) {
    Error error = std::move(labels).error();
    if (found.by_folder)
      error.message = fmt::format("the sub-folders of {} are taken as classes: {}", request.path, error.message);
    return in_context(std::move(error), request.labels.empty() ? request.path : request.labels);
  }

  DataSource source;
  for (size_t i = 0; i < found.samples.size(); ++i) {
    const FoundSample& sample = found.samples[i];
    if (!request.split.empty() && sample.split != request.split) continue;
    std::optional<int64_t> label = (*labels)[i];
    if (label) *label += request.label_offset;
    source.samples_.push_back({sample.name, label, sample.split});
    source.rows_.push_back(sample.row);
  }
  if (source.samples_.empty() && !request.split.empty()) return no_such_split(request.split, found.samples);
  source.numbers_classes_ = !named && !found.class_names.empty();
  source.class_names_ = std::move(found.class_names);
  source.reader_ = std::move(found.reader);
  return source;
}

bool DataSource::has_labels() const {
  return std::ranges::all_of(samples_, [](const SampleInfo& sample) { return sample.label.has_value(); });
}

Result<std::vector<Tensor>> DataSource::load(size_t i) const {
  auto tensors = reader_->read(rows_[i]);
  if (!tensors) {
    // A file's own error names its path, of which the sample's name is the end.
    Error error = std::move(tensors).error();
    if (error.where.find(samples_[i].name) != std::string::npos) return Failure(std::move(error));
    return in_context(std::move(error), fmt::format("sample {}", samples_[i].name));
  }
  return tensors;
}

std::vector<size_t> choose(size_t available, size_t wanted) {
  const size_t count = wanted == 0 ? available : std::min(wanted, available);
  std::vector<size_t> rows(count);
  for (size_t i = 0; i < count; ++i) rows[i] = i * available / count;
  return rows;
}

std::optional<size_t> find_input(std::string_view name, std::span<const InputSpec> inputs) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (name == fmt::format("#{}", i)) return i;
  }
  // Exact names first: bare names may collide.
  for (const bool bare : {false, true}) {
    std::optional<size_t> match;
    size_t matches = 0;
    for (size_t i = 0; i < inputs.size(); ++i) {
      const bool equal = bare ? bare_name(inputs[i].name) == bare_name(name) : inputs[i].name == name;
      if (!equal) continue;
      match = i;
      ++matches;
    }
    if (matches == 1) return match;
    if (matches > 1) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace pestle::data
