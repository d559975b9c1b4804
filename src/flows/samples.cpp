#include "flows/samples.h"

#include <fmt/core.h>

#include <algorithm>

namespace pestle::flows {
namespace {

constexpr size_t kMostJudges = 64;
constexpr size_t kFewestJudges = 16;
constexpr size_t kWithheldEvery = 5;

constexpr const char* kPreprocessMetadata = "pestle.preprocess";

// Pictures have 1, 3 or 4 channels; the axis that has so many is theirs.
data::Layout layout_of(const Shape& shape) {
  if (shape.rank() != 4) return data::Layout::kNone;
  const auto is_channels = [](int64_t extent) { return extent == 1 || extent == 3 || extent == 4; };
  if (is_channels(shape[3])) return data::Layout::kNhwc;
  return is_channels(shape[1]) ? data::Layout::kNchw : data::Layout::kNone;
}

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

Samples::Samples(std::shared_ptr<const data::DataSource> source, std::vector<size_t> rows, bool strict,
                 ProgressSink& progress)
    : source_(std::move(source)), rows_(std::move(rows)), strict_(strict), progress_(progress) {}

Status Samples::for_each(std::span<const size_t> positions, const Body& body) const {
  std::vector<size_t> rows;
  for (size_t position : positions) rows.push_back(rows_[position]);
  data::StreamOptions options;
  options.strict = strict_;
  options.cancelled = [this] { return progress_.cancelled(); };
  data::SampleStream stream(*source_, std::move(rows), options);
  for (size_t at = 0;;) {
    PESTLE_ASSIGN(const auto sample, stream.next());
    if (!sample) {
      if (stream.skipped() > 0) {
        progress_.note(fmt::format("{} of {} samples were left out; the first: {}", stream.skipped(), positions.size(),
                                   stream.first_skip() ? describe(*stream.first_skip()) : std::string()));
      }
      return {};
    }
    while (rows_[positions[at]] != sample->index) ++at;  // those in between did not decode
    PESTLE_TRY(body(positions[at++], sample->inputs));
  }
}

Result<OpenedData> open_data(const SampleRequest& request, const LoadedModel& model) {
  data::DataRequest wanted;
  wanted.path = request.path;
  wanted.labels = request.labels;
  wanted.split = request.split;
  wanted.label_offset = request.label_offset;
  wanted.inputs = input_specs(model);
  OpenedData opened;
  PESTLE_ASSIGN(wanted.preprocess, preprocessing(request.preprocess, model, wanted.inputs));
  if (wanted.preprocess) {
    opened.chain = wanted.preprocess;
    opened.preprocess = data::to_text(*wanted.preprocess);
  }
  PESTLE_ASSIGN(data::DataSource source, data::DataSource::open(wanted));
  opened.source = std::make_shared<const data::DataSource>(std::move(source));
  return opened;
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
