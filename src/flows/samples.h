// What --data and its companions name, as samples for a model.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/progress.h"
#include "base/samples.h"
#include "data/preprocess.h"
#include "data/stream.h"
#include "flows/model.h"

namespace pestle::flows {

struct SampleRequest {
  std::string path;        // --data
  std::string preprocess;  // empty: what the model file records
  std::string labels;
  std::string split;
  int64_t label_offset = 0;
  bool strict = false;  // a sample that does not decode is an error
};

// The samples that do not decode, each once, however often several walks meet it.
class LeftOut {
 public:
  using Row = std::pair<const data::DataSource*, size_t>;
  void add(Row row, const std::optional<Error>& why);
  void looked_at(size_t samples) { of_ += samples; }
  // "2 of 24 samples were left out; the first: ..."; nothing if none was.
  std::optional<std::string> note() const;

 private:
  std::set<Row> rows_;
  size_t of_ = 0;
  std::string first_;
};

// Some rows of a data source, decoded ahead. With a second source, which reads the same samples for another model, the
// tensors of each sample are those of the first model's inputs and then those of the other's. How many samples did not
// decode is said once, after the first walk that met any, or is left to whoever keeps the record of them.
class Samples final : public SampleSet {
 public:
  using Source = std::shared_ptr<const data::DataSource>;
  Samples(Source source, std::vector<size_t> rows, bool strict, ProgressSink& progress, Source second = nullptr);

  void record_in(std::shared_ptr<LeftOut> record) { record_ = std::move(record); }
  size_t size() const override { return rows_.size(); }
  Status for_each(std::span<const size_t> positions, const Body& body) const override;
  std::optional<int64_t> label(size_t position) const { return source_->info(rows_[position]).label; }
  const std::string& name(size_t position) const { return source_->info(rows_[position]).name; }

 private:
  void tell_skipped(const data::SampleStream& stream, size_t wanted) const;

  Source source_, second_;
  std::vector<size_t> rows_;
  bool strict_;
  ProgressSink& progress_;
  std::shared_ptr<LeftOut> record_;
  mutable bool told_ = false;
};

// The rows of a small folder that decode, so that roles are given to those alone; a large one is not read through, and
// arrays need no decoding. None that decodes is an error; the others are recorded.
Result<std::vector<size_t>> decodable_rows(const SampleRequest& request, const data::DataSource& source,
                                           ProgressSink& progress, LeftOut& record);

// What the model's inputs take, in their order.
std::vector<data::InputSpec> input_specs(const LoadedModel& model);
// The chain that `text` names, or, where it is empty, the one that the model file records; nothing if neither says. A
// recorded chain for pictures leaves arrays as they are.
Result<std::optional<data::Chain>> preprocessing(const std::string& text, const LoadedModel& model,
                                                 std::span<const data::InputSpec> inputs);

struct OpenedData {
  std::shared_ptr<const data::DataSource> source;
  std::optional<data::Chain> chain;  // the preprocessing in force
  std::string preprocess;            // its canonical text; empty: none
  bool as_they_are = false;          // arrays, which the chain in force, one for pictures, leaves alone
  std::vector<std::string> notes;    // what was decided where nothing said it: numbers of classes, arrays as they are
};

// The data with the model's inputs; errors name what is missing.
Result<OpenedData> open_data(const SampleRequest& request, const LoadedModel& model);

// The same samples for two models, each with its own inputs and its own preprocessing: what --preprocess says, else
// what the model's file records, else what the other's does.
struct PairedData {
  OpenedData data;  // of the first model
  // Of the other; null where the first model's tensors serve both: their inputs are alike, or the data are codes that
  // only the first model knows (the other is then fed what they stand for).
  std::shared_ptr<const data::DataSource> second;
  bool same_chain = true;
  std::vector<std::string> notes;
};
Result<PairedData> open_for_both(const SampleRequest& request, const LoadedModel& first, const LoadedModel& other);

// Which rows do what when a model is quantized on M rows of which N were wanted: rows i*M/N set ranges and biases; up
// to 64 others, evenly spread, judge. Where fewer than 16 remain, every fifth chosen row is withheld instead.
struct Division {
  std::vector<size_t> calibration;
  std::vector<size_t> judging;
  bool withheld = false;
};
Division divide(size_t available, size_t wanted);

}  // namespace pestle::flows
