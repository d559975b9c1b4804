#include "flows/samples.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace pestle::flows {
namespace {

constexpr size_t kMostJudges = 64;
constexpr size_t kFewestJudges = 16;
constexpr size_t kWithheldEvery = 5;

constexpr size_t kLookedThrough = 512;  // samples; decoding so many takes a second or two

constexpr const char* kPreprocessMetadata = "pestle.preprocess";

// Pictures have 1, 3 or 4 channels; the axis that has so many is theirs.
data::Layout layout_of(const Shape& shape) {
  if (shape.rank() != 4) return data::Layout::kNone;
  const auto is_channels = [](int64_t extent) { return extent == 1 || extent == 3 || extent == 4; };
  if (is_channels(shape[3])) return data::Layout::kNhwc;
  return is_channels(shape[1]) ? data::Layout::kNchw : data::Layout::kNone;
}

bool is_array_file(const std::string& path) { return path.ends_with(".npy") || path.ends_with(".npz"); }

}  // namespace

std::vector<data::InputSpec> input_specs(const LoadedModel& model) {
  std::vector<data::InputSpec> specs;
  const ir::Graph& graph = model.module.graphs[0];
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const ir::Value& value = graph.values[graph.inputs[i]];
    data::InputSpec spec;
    spec.name = value.name;
    spec.dtype = value.type.dtype;
    spec.shape = value.type.shape;
    spec.layout = layout_of(spec.shape);
    if (value.type.is_quantized()) {
      spec.scale = value.type.scale();
      spec.zero_point = value.type.zero_point();
    }
    spec.takes_nchw_arrays = i < model.re_laid.size() && model.re_laid[i];
    specs.push_back(std::move(spec));
  }
  return specs;
}

Result<std::optional<data::Chain>> preprocessing(const std::string& text, const LoadedModel& model,
                                                 std::span<const data::InputSpec> inputs) {
  std::string wanted = text;
  const Bytes* recorded = model.module.find_metadata(kPreprocessMetadata);
  if (wanted.empty() && recorded != nullptr)
    wanted.assign(reinterpret_cast<const char*>(recorded->data()), recorded->size());
  if (wanted.empty() || inputs.empty()) return std::optional<data::Chain>();
  PESTLE_ASSIGN(data::Chain chain, data::parse_chain(wanted, data::picture_size(inputs[0])));
  chain.only_pictures = text.empty() && data::has_picture_steps(chain);
  return std::optional<data::Chain>(std::move(chain));
}

Samples::Samples(Source source, std::vector<size_t> rows, bool strict, ProgressSink& progress, Source second)
    : source_(std::move(source)),
      second_(std::move(second)),
      rows_(std::move(rows)),
      strict_(strict),
      progress_(progress) {}

void LeftOut::add(Row row, const std::optional<Error>& why) {
  if (rows_.empty() && why) first_ = describe(*why);
  rows_.insert(row);
}

std::optional<std::string> LeftOut::note() const {
  if (rows_.empty()) return std::nullopt;
  return fmt::format("{} of {} samples were left out; the first: {}", rows_.size(), of_, first_);
}

Result<std::vector<size_t>> decodable_rows(const SampleRequest& request, const data::DataSource& source,
                                           ProgressSink& progress, LeftOut& record) {
  std::vector<size_t> all = spread(source.size(), source.size());
  record.looked_at(all.size());
  if (all.size() > kLookedThrough || is_array_file(request.path)) return all;
  data::StreamOptions options;
  options.strict = request.strict;
  options.cancelled = [&progress] { return progress.cancelled(); };
  data::SampleStream stream(source, all, options);
  std::vector<size_t> rows;
  while (true) {
    PESTLE_ASSIGN(const auto sample, stream.next());
    const size_t end = sample ? sample->index : all.size();
    for (size_t row = rows.empty() ? 0 : rows.back() + 1; row < end; ++row)
      record.add({&source, row}, stream.first_skip());
    if (!sample) return rows;
    rows.push_back(end);
  }
}

void Samples::tell_skipped(const data::SampleStream& stream, size_t wanted) const {
  if (stream.skipped() == 0 || told_ || record_ != nullptr) return;
  told_ = true;
  progress_.note(fmt::format("{} of {} samples were left out; the first: {}", stream.skipped(), wanted,
                             stream.first_skip() ? describe(*stream.first_skip()) : std::string()));
}

Status Samples::for_each(std::span<const size_t> positions, const Body& body) const {
  std::vector<size_t> rows;
  for (size_t position : positions) rows.push_back(rows_[position]);
  data::StreamOptions options;
  options.strict = strict_;
  options.cancelled = [this] { return progress_.cancelled(); };
  data::SampleStream stream(*source_, rows, options);
  std::optional<data::SampleStream> second;
  if (second_) second.emplace(*second_, std::move(rows), options);
  for (size_t at = 0;;) {
    PESTLE_ASSIGN(auto sample, stream.next());
    const auto pass = [&](size_t position) {
      if (record_ != nullptr) record_->add({source_.get(), rows_[position]}, stream.first_skip());
    };
    if (!sample) {
      for (; at < positions.size(); ++at) pass(positions[at]);
      tell_skipped(stream, positions.size());
      return {};
    }
    if (second) {
      // What does not decode does so for neither model.
      PESTLE_ASSIGN(auto beside, second->next());
      if (!beside || beside->index != sample->index) return fail(ErrorCode::kInternal, "two walks over samples part");
      std::move(beside->inputs.begin(), beside->inputs.end(), std::back_inserter(sample->inputs));
    }
    for (; rows_[positions[at]] != sample->index; ++at) pass(positions[at]);  // did not decode
    PESTLE_TRY(body(positions[at++], sample->inputs));
  }
}

namespace {

// "the classes are numbered by name: 0 ant, 1 bee, 2 cow (3 in all); ..."
std::string numbering(const std::vector<std::string>& classes, int64_t offset) {
  constexpr size_t kShown = 5;
  std::vector<std::string> shown;
  for (size_t i = 0; i < std::min(classes.size(), kShown); ++i)
    shown.push_back(fmt::format("{} {}", static_cast<int64_t>(i) + offset, classes[i]));
  if (classes.size() > kShown) shown.emplace_back("...");
  return fmt::format(
      "the classes are numbered by name: {} ({} in all); --labels FILE with one name a line says otherwise",
      join(shown, ", "), classes.size());
}

Result<OpenedData> open_with(const SampleRequest& request, std::optional<data::Chain> chain,
                             std::vector<data::InputSpec> inputs) {
  data::DataRequest wanted;
  wanted.path = request.path;
  wanted.labels = request.labels;
  wanted.split = request.split;
  wanted.label_offset = request.label_offset;
  wanted.inputs = std::move(inputs);
  wanted.preprocess = std::move(chain);
  OpenedData opened;
  if (wanted.preprocess) {
    opened.chain = wanted.preprocess;
    opened.preprocess = data::to_text(*wanted.preprocess);
  }
  PESTLE_ASSIGN(data::DataSource source, data::DataSource::open(wanted));
  opened.as_they_are = opened.chain && opened.chain->only_pictures && is_array_file(request.path);
  if (opened.as_they_are) {
    opened.notes.push_back(fmt::format(
        "{} is taken as it is: the preprocessing that the model's file records is for pictures", request.path));
  }
  if (source.numbers_classes()) opened.notes.push_back(numbering(source.class_names(), request.label_offset));
  opened.source = std::make_shared<const data::DataSource>(std::move(source));
  return opened;
}

// A chain that was given where the model's file records another.
void tell_contradiction(const std::string& given, const std::optional<data::Chain>& chain, const LoadedModel& model,
                        std::span<const data::InputSpec> inputs, std::vector<std::string>& notes) {
  if (given.empty() || !chain) return;
  const auto recorded = preprocessing("", model, inputs);
  if (!recorded || !*recorded) return;
  const std::string said = data::to_text(*chain), kept = data::to_text(**recorded);
  if (said == kept) return;
  notes.push_back(
      fmt::format("--preprocess {} contradicts what {} records: {}; without --preprocess the record is used", said,
                  model.path, kept));
}

bool same_inputs(std::span<const data::InputSpec> a, std::span<const data::InputSpec> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const data::InputSpec& x, const data::InputSpec& y) {
    return x.dtype == y.dtype && x.shape == y.shape && x.scale == y.scale && x.zero_point == y.zero_point;
  });
}

// Arrays may hold codes of a quantized input, which mean nothing to a float model.
bool is_understood_by_first_alone(const data::DataSource& first, const data::DataSource& other) {
  if (first.size() == 0) return false;
  const auto loaded = other.load(0);
  return !loaded && loaded.error().code == ErrorCode::kInvalidArgument && first.load(0);
}

}  // namespace

Result<OpenedData> open_data(const SampleRequest& request, const LoadedModel& model) {
  std::vector<data::InputSpec> inputs = input_specs(model);
  PESTLE_ASSIGN(auto chain, preprocessing(request.preprocess, model, inputs));
  std::vector<std::string> notes;
  tell_contradiction(request.preprocess, chain, model, inputs, notes);
  PESTLE_ASSIGN(OpenedData opened, open_with(request, std::move(chain), std::move(inputs)));
  opened.notes.insert(opened.notes.begin(), notes.begin(), notes.end());
  return opened;
}

Result<PairedData> open_for_both(const SampleRequest& request, const LoadedModel& first, const LoadedModel& other) {
  std::vector<data::InputSpec> inputs = input_specs(first), others = input_specs(other);
  // The inputs correspond by place; data name them as the first model does.
  for (size_t i = 0; i < others.size() && i < inputs.size(); ++i) others[i].name = inputs[i].name;
  PESTLE_ASSIGN(auto chain, preprocessing(request.preprocess, first, inputs));
  PESTLE_ASSIGN(auto other_chain, preprocessing(request.preprocess, other, others));
  if (!chain) chain = other_chain;
  if (!other_chain) other_chain = chain;
  const auto text_of = [](const std::optional<data::Chain>& c) { return c ? data::to_text(*c) : std::string(); };
  const std::string text = text_of(chain), other_text = text_of(other_chain);
  PairedData paired;
  tell_contradiction(request.preprocess, chain, first, inputs, paired.notes);
  tell_contradiction(request.preprocess, other_chain, other, others, paired.notes);
  paired.same_chain = text == other_text;
  if (!paired.same_chain) {
    paired.notes.push_back(fmt::format("each model is fed as its file records: {} with {}, {} with {}", first.path,
                                       text, other.path, other_text));
  }
  const bool alike = paired.same_chain && same_inputs(inputs, others);
  PESTLE_ASSIGN(paired.data, open_with(request, std::move(chain), std::move(inputs)));
  paired.notes.insert(paired.notes.end(), paired.data.notes.begin(), paired.data.notes.end());
  if (alike) return paired;
  PESTLE_ASSIGN(OpenedData opened, open_with(request, std::move(other_chain), std::move(others)));
  if (is_understood_by_first_alone(*paired.data.source, *opened.source)) return paired;
  paired.second = std::move(opened.source);
  return paired;
}

Division divide(size_t available, size_t wanted) {
  Division division;
  const std::vector<size_t> chosen = spread(available, wanted == 0 ? available : wanted);
  std::vector<bool> taken(available);
  for (size_t row : chosen) taken[row] = true;
  std::vector<size_t> others;
  for (size_t row = 0; row < available; ++row) {
    if (!taken[row]) others.push_back(row);
  }
  if (others.size() >= kFewestJudges) {
    division.calibration = chosen;
    for (size_t i : spread(others.size(), kMostJudges)) division.judging.push_back(others[i]);
    return division;
  }
  division.withheld = true;
  for (size_t i = 0; i < chosen.size(); ++i) {
    (i % kWithheldEvery == kWithheldEvery - 1 ? division.judging : division.calibration).push_back(chosen[i]);
  }
  if (division.judging.size() > kMostJudges) division.judging.resize(kMostJudges);
  return division;
}

}  // namespace pestle::flows
