#include "eval/runner.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/fixed_point.h"

namespace pestle::eval {
namespace {

int64_t lowest_code(DType dtype) { return dtype == DType::kInt8 ? -128 : (dtype == DType::kUInt8 ? 0 : -32768); }
int64_t highest_code(DType dtype) { return dtype == DType::kInt8 ? 127 : (dtype == DType::kUInt8 ? 255 : 32767); }

template <typename T>
void put_codes(std::span<const float> values, const ir::Type& type, T* out) {
  for (size_t i = 0; i < values.size(); ++i) {
    const auto code = static_cast<int64_t>(round_away(static_cast<double>(values[i] / type.scale())));
    out[i] = static_cast<T>(std::clamp(code + type.zero_point(), lowest_code(type.dtype), highest_code(type.dtype)));
  }
}

}  // namespace

std::vector<float> real_values(const ConstTensorView& view, const ir::Type& type) {
  std::vector<float> values = to_floats(view);
  if (!type.is_quantized() || type.quantization->scale.empty() || !is_quantized_storage(view.dtype)) return values;
  for (float& value : values) value = type.scale() * (value - static_cast<float>(type.zero_point()));
  return values;
}

Tensor convert(const ConstTensorView& view, const ir::Type& from, const ir::Type& to) {
  Tensor out(to.dtype, to.shape);
  const std::vector<float> values = real_values(view, from);
  switch (to.dtype) {
    case DType::kInt8: put_codes(values, to, out.data<int8_t>()); break;
    case DType::kUInt8: put_codes(values, to, out.data<uint8_t>()); break;
    case DType::kInt16: put_codes(values, to, out.data<int16_t>()); break;
    default: std::copy(values.begin(), values.end(), out.data<float>()); break;
  }
  return out;
}

Runner::Runner(std::vector<std::shared_ptr<const runtime::Plan>> plans, ThreadPool& pool, std::vector<Feed> feeds)
    : plans_(std::move(plans)),
      feeds_(std::move(feeds)),
      pool_(pool),
      alone_(1),
      lanes_(static_cast<size_t>(pool.threads())) {
  feeds_.resize(plans_.size());
  for (Lane& lane : lanes_) {
    for (const auto& plan : plans_) lane.executors.push_back(std::make_unique<runtime::Executor>(plan, alone_));
    lane.outputs.resize(plans_.size());
  }
}

Status Runner::feed(Lane& lane, size_t model) {
  const ir::Graph& graph = plans_[model]->graph();
  const ir::Graph& source = plans_[feeds_[model].typed_as]->graph();
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const ir::Type& given = source.values[source.inputs[i]].type;
    const ir::Type& wanted = graph.values[graph.inputs[i]].type;
    const ConstTensorView tensor = std::as_const(lane.inputs[feeds_[model].first + i]).view();
    const int place = static_cast<int>(i);
    PESTLE_TRY(given == wanted ? lane.executors[model]->set_input(place, tensor)
                               : lane.executors[model]->set_input(place, convert(tensor, given, wanted).view()));
  }
  return {};
}

void Runner::run_lane(Lane& lane) {
  for (size_t m = 0; m < plans_.size(); ++m) {
    runtime::Executor& executor = *lane.executors[m];
    const ir::Graph& graph = plans_[m]->graph();
    executor.reset_variables();
    lane.status = feed(lane, m);
    if (lane.status) lane.status = executor.run();
    if (!lane.status) return;
    lane.outputs[m].clear();
    for (size_t i = 0; i < graph.outputs.size(); ++i) {
      lane.outputs[m].push_back(real_values(executor.output(static_cast<int>(i)), graph.values[graph.outputs[i]].type));
    }
  }
}

Status Runner::flush(const Body& body) {
  pool_.parallel_for(static_cast<int64_t>(filled_), [this](int64_t i) { run_lane(lanes_[i]); });
  for (size_t i = 0; i < filled_; ++i) {
    PESTLE_TRY(lanes_[i].status);
    PESTLE_TRY(body(lanes_[i].position, lanes_[i].outputs));
  }
  filled_ = 0;
  return {};
}

Status Runner::run(const SampleSet& samples, std::span<const size_t> positions, std::string_view stage,
                   ProgressSink& progress, const Body& body) {
  int64_t done = 0;
  PESTLE_TRY(samples.for_each(positions, [&](size_t position, std::span<const Tensor> inputs) -> Status {
    if (progress.cancelled()) return fail(ErrorCode::kCancelled, "interrupted");
    lanes_[filled_].position = position;
    lanes_[filled_++].inputs.assign(inputs.begin(), inputs.end());
    if (filled_ == lanes_.size()) PESTLE_TRY(flush(body));
    progress.update(stage, ++done, static_cast<int64_t>(positions.size()));
    return {};
  }));
  return flush(body);
}

}  // namespace pestle::eval
