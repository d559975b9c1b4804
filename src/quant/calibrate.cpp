#include "quant/calibrate.h"

#include <fmt/core.h>

#include <algorithm>

#include "ops/core/registry.h"
#include "quant/check_weights.h"
#include "runtime/executor.h"

namespace pestle::quant {
namespace {

ir::ValueId linear_input(const ir::Node& node) { return node.inputs[ops::linear_operands(*ops::find(node))->input]; }

// What operators that keep state show of it: every step of a sequence counts, not only the last.
class StepObserver : public ops::InnerObserver {
 public:
  StepObserver(const ObserverSpec& spec, std::vector<ValueStatistics>& values,
               std::vector<std::vector<ValueStatistics>>& intermediates)
      : spec_(spec), values_(values), intermediates_(intermediates) {}
  void enter(const ir::Graph& graph, size_t node) {
    node_ = &graph.nodes[node];
    position_ = node;
  }
  void see_state(int input, std::span<const float> values) override {
    values_[node_->inputs[input]].add(values, spec_);
  }
  void see_intermediate(size_t i, std::span<const float> values) override {
    std::vector<ValueStatistics>& own = intermediates_[position_];
    own.resize(std::max(own.size(), i + 1));
    own[i].add(values, spec_);
  }

 private:
  const ObserverSpec& spec_;
  std::vector<ValueStatistics>& values_;
  std::vector<std::vector<ValueStatistics>>& intermediates_;
  const ir::Node* node_ = nullptr;
  size_t position_ = 0;
};

// One sample's run: statistics of its own, merged later in order.
struct Lane {
  size_t position = 0;
  std::unique_ptr<runtime::Executor> executor;
  std::vector<Tensor> inputs;
  std::vector<ValueStatistics> seen;
  std::vector<std::vector<ValueStatistics>> intermediates;  // by node
  std::vector<std::vector<float>> averaged;                 // by node
  Status status;
};

// The means of one request while samples come in.
struct Averaging {
  std::vector<bool> enters;  // by sample
  size_t entered = 0;
};

class Calibrator {
 public:
  Calibrator(std::shared_ptr<const runtime::Plan> plan, const CalibrationOptions& options, size_t samples,
             ThreadPool& pool)
      : plan_(std::move(plan)),
        options_(options),
        pool_(pool),
        alone_(1),
        lanes_(static_cast<size_t>(pool.threads())),
        is_averaged_(plan_->graph().nodes.size()) {
    for (const AverageRequest& request : options.averages) add_request(request, samples);
    for (Lane& lane : lanes_) lane.executor = std::make_unique<runtime::Executor>(plan_, alone_);
    result_.statistics.observer = options.observer;
    result_.statistics.graphs.resize(1);
    result_.statistics.graphs[0].resize(plan_->graph().values.size());
    result_.statistics.intermediates.resize(1);
    result_.statistics.intermediates[0].resize(plan_->graph().nodes.size());
  }

  Status add(size_t position, std::span<const Tensor> inputs) {
    lanes_[filled_].position = position;
    lanes_[filled_++].inputs.assign(inputs.begin(), inputs.end());
    return filled_ == lanes_.size() ? flush() : Status{};
  }

  Status flush() {
    pool_.parallel_for(static_cast<int64_t>(filled_), [this](int64_t i) { run(lanes_[i]); });
    for (size_t i = 0; i < filled_; ++i) {
      PESTLE_TRY(lanes_[i].status);
      PESTLE_TRY(merge(lanes_[i]));
    }
    filled_ = 0;
    return {};
  }

  Calibration take() {
    for (size_t r = 0; r < averaging_.size(); ++r) {
      for (std::vector<float>& average : result_.averages[r]) {
        for (float& value : average) value /= static_cast<float>(averaging_[r].entered);
      }
    }
    return std::move(result_);
  }

 private:
  void add_request(const AverageRequest& request, size_t samples) {
    Averaging averaging{std::vector<bool>(samples), 0};
    for (size_t position : spread(samples, request.samples)) averaging.enters[position] = true;
    for (size_t node : request.nodes) is_averaged_[node] = true;
    averaging_.push_back(std::move(averaging));
    result_.averages.emplace_back(request.nodes.size());
  }

  void observe(Lane& lane, ir::ValueId id) {
    const ConstTensorView view = lane.executor->value(id);
    if (view.dtype == DType::kFloat32) lane.seen[id].add(view.values<float>(), options_.observer);
  }

  void run(Lane& lane) {
    const ir::Graph& graph = plan_->graph();
    lane.seen.assign(graph.values.size(), {});
    lane.intermediates.assign(graph.nodes.size(), {});
    lane.averaged.assign(graph.nodes.size(), {});
    lane.executor->reset_variables();
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
      lane.status = lane.executor->set_input(static_cast<int>(i), lane.inputs[i].view());
      if (!lane.status) return;
      observe(lane, graph.inputs[i]);
    }
    StepObserver inner(options_.observer, lane.seen, lane.intermediates);
    lane.executor->show_inner(&inner);
    for (size_t n = 0; n < graph.nodes.size() && lane.status; ++n) {
      inner.enter(graph, n);
      lane.status = lane.executor->run_step(n);
      if (lane.status) observe_step(lane, n);
    }
    lane.executor->show_inner(nullptr);
  }

  void observe_step(Lane& lane, size_t n) {
    const ir::Node& node = plan_->graph().nodes[n];
    for (ir::ValueId id : node.outputs) {
      if (id != ir::kNoValue) observe(lane, id);
    }
    for (ir::ValueId id : node.inputs) {
      if (id != ir::kNoValue && plan_->graph().values[id].is_variable) observe(lane, id);
    }
    if (is_averaged_[n]) {
      const auto values = lane.executor->value(linear_input(node)).values<float>();
      lane.averaged[n].assign(values.begin(), values.end());
    }
  }

  Status merge(Lane& lane) {
    for (size_t id = 0; id < lane.seen.size(); ++id) {
      if (lane.seen[id].has_non_finite()) {
        return fail(
            ErrorCode::kInvalidModel,
            fmt::format("sample {}: \"{}\" holds NaN or infinity", lane.position, plan_->graph().values[id].name),
            "the float model is at fault, or the sample is: check the preprocessing");
      }
      result_.statistics.graphs[0][id].merge(lane.seen[id], options_.observer);
    }
    merge_intermediates(lane);
    for (size_t r = 0; r < averaging_.size(); ++r) {
      if (averaging_[r].enters[lane.position]) add_to_averages(lane, r);
    }
    ++result_.statistics.samples;
    return {};
  }

  void merge_intermediates(const Lane& lane) {
    for (size_t n = 0; n < lane.intermediates.size(); ++n) {
      std::vector<ValueStatistics>& all = result_.statistics.intermediates[0][n];
      all.resize(std::max(all.size(), lane.intermediates[n].size()));
      for (size_t i = 0; i < lane.intermediates[n].size(); ++i)
        all[i].merge(lane.intermediates[n][i], options_.observer);
    }
  }

  void add_to_averages(const Lane& lane, size_t request) {
    ++averaging_[request].entered;
    const std::vector<size_t>& nodes = options_.averages[request].nodes;
    for (size_t i = 0; i < nodes.size(); ++i) {
      const std::vector<float>& values = lane.averaged[nodes[i]];
      std::vector<float>& sum = result_.averages[request][i];
      sum.resize(values.size(), 0.0f);
      for (size_t k = 0; k < sum.size(); ++k) sum[k] += values[k];
    }
  }

  std::shared_ptr<const runtime::Plan> plan_;
  const CalibrationOptions& options_;
  ThreadPool& pool_;
  ThreadPool alone_;  // each sample runs on one thread
  std::vector<Lane> lanes_;
  std::vector<bool> is_averaged_;  // by node
  std::vector<Averaging> averaging_;
  size_t filled_ = 0;
  Calibration result_;
};

}  // namespace

Result<Calibration> calibrate(const ir::Module& module, const SampleSet& samples, const CalibrationOptions& options,
                              ThreadPool& pool, ProgressSink& progress) {
  PESTLE_TRY(check_weights(module));
  PESTLE_ASSIGN(const auto plan, runtime::Plan::make(module));
  Calibrator calibrator(plan, options, samples.size(), pool);
  int64_t done = 0;
  PESTLE_TRY(samples.for_each(spread(samples.size(), samples.size()),
                              [&](size_t position, std::span<const Tensor> inputs) -> Status {
                                if (progress.cancelled()) return fail(ErrorCode::kCancelled, "interrupted");
                                PESTLE_TRY(calibrator.add(position, inputs));
                                progress.update("calibrating", ++done, static_cast<int64_t>(samples.size()));
                                return {};
                              }));
  PESTLE_TRY(calibrator.flush());
  if (done == 0) return fail(ErrorCode::kInvalidArgument, "there is no sample to calibrate with");
  return calibrator.take();
}

}  // namespace pestle::quant
