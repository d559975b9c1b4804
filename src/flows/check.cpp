#include "flows/check.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/random.h"
#include "flows/golden.h"
#include "flows/names.h"
#include "runtime/executor.h"

namespace pestle::flows {
namespace {

// Plain integers are indices, counts or tokens as often as not: small ones are in range nearly everywhere.
constexpr int64_t kLargestIndex = 3;

template <typename T>
void fill_integers(Tensor& tensor, int64_t low, int64_t high, Random& random) {
  for (int64_t i = 0; i < tensor.elements(); ++i) tensor.data<T>()[i] = static_cast<T>(random.integer(low, high));
}

// Floats in [-1, 1), codes over their whole range.
Result<Tensor> random_tensor(const ir::Value& input, Random& random) {
  if (!checked_elements(input.type.shape)) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("input \"{}\" has the free shape {}", input.name, to_string(input.type.shape)),
                fmt::format("`input` {}:SHAPE fixes it", input.name));
  }
  Tensor tensor(input.type.dtype, input.type.shape);
  switch (input.type.dtype) {
    case DType::kFloat32:
      for (int64_t i = 0; i < tensor.elements(); ++i) tensor.data<float>()[i] = static_cast<float>(random.real(-1, 1));
      return tensor;
    case DType::kInt8: fill_integers<int8_t>(tensor, -128, 127, random); return tensor;
    case DType::kUInt8: fill_integers<uint8_t>(tensor, 0, 255, random); return tensor;
    case DType::kInt16: fill_integers<int16_t>(tensor, -32768, 32767, random); return tensor;
    case DType::kInt32: fill_integers<int32_t>(tensor, 0, kLargestIndex, random); return tensor;
    case DType::kInt64: fill_integers<int64_t>(tensor, 0, kLargestIndex, random); return tensor;
    case DType::kBool: fill_integers<bool>(tensor, 0, 1, random); return tensor;
    default:
      return fail(ErrorCode::kUnsupported,
                  fmt::format("no random values of type {} for input \"{}\"", dtype_name(input.type.dtype), input.name),
                  "`check` FILE.npz gives inputs");
  }
}

// [N, C, ...] to [N, ..., C].
Tensor channels_last(const Tensor& tensor) {
  const Shape& shape = tensor.shape();
  const size_t element = storage_bytes(tensor.dtype(), 1);
  std::vector<int64_t> dims(shape.begin(), shape.end());
  dims.erase(dims.begin() + 1);
  dims.push_back(shape[1]);
  Tensor out(tensor.dtype(), Shape(std::move(dims)));
  const int64_t batches = shape[0], channels = shape[1],
                pixels = batches * channels == 0 ? 0 : tensor.elements() / (batches * channels);
  const std::byte* from = tensor.view().bytes.data();
  std::byte* to = out.view().bytes.data();
  for (int64_t b = 0; b < batches; ++b) {
    for (int64_t p = 0; p < pixels; ++p) {
      for (int64_t c = 0; c < channels; ++c, to += element)
        std::memcpy(to, from + ((b * channels + c) * pixels + p) * static_cast<int64_t>(element), element);
    }
  }
  return out;
}

std::vector<double> numbers(const ConstTensorView& view) {
  const std::vector<int64_t> integers = to_int64s(view);
  if (!integers.empty()) return {integers.begin(), integers.end()};
  const std::vector<float> floats = to_floats(view);
  return {floats.begin(), floats.end()};
}

// max|a-b| / max(1, max|b|). Equal values that are not finite differ by nothing, others by infinity.
double relative_difference(const std::vector<double>& a, const std::vector<double>& b, size_t stride) {
  double difference = 0, largest = 1;
  for (size_t i = 0; i < b.size(); ++i) {
    const double x = a[i * stride], y = b[i];
    if (std::isfinite(x) && std::isfinite(y)) {
      difference = std::max(difference, std::fabs(x - y));
      largest = std::max(largest, std::fabs(y));
    } else if (!(std::isnan(x) && std::isnan(y)) && x != y) {
      return std::numeric_limits<double>::infinity();
    }
  }
  return difference / largest;
}

class Machine {
 public:
  static Result<std::unique_ptr<Machine>> make(const ir::Module& module, ThreadPool& pool) {
    PESTLE_ASSIGN(auto plan, runtime::Plan::make(module));
    return std::unique_ptr<Machine>(new Machine(std::move(plan), pool));
  }

  Status run(const std::vector<Tensor>& inputs, ProgressSink& progress) {
    executor_.reset_variables();
    for (size_t i = 0; i < inputs.size(); ++i) PESTLE_TRY(executor_.set_input(static_cast<int>(i), inputs[i].view()));
    for (size_t n = 0; n < executor_.plan().graph().nodes.size(); ++n) {
      if (progress.cancelled()) return fail(ErrorCode::kCancelled, "interrupted");
      PESTLE_TRY(executor_.run_step(n));
    }
    return {};
  }
  ConstTensorView output(size_t i) const { return executor_.output(static_cast<int>(i)); }

 private:
  Machine(std::shared_ptr<const runtime::Plan> plan, ThreadPool& pool) : executor_(std::move(plan), pool) {}
  runtime::Executor executor_;
};

class Checking {
 public:
  Checking(const CheckedPair& pair, const CheckOptions& options, ProgressSink& progress, ThreadPool& pool)
      : pair_(pair), options_(options), progress_(progress), pool_(pool) {}

  Result<CheckResult> run() {
    PESTLE_ASSIGN(written_, Machine::make(pair_.written, pool_));
    const ir::Graph& graph = pair_.written.graphs[0];
    for (const std::string& name : distinct_names(graph, graph.outputs, "output"))
      result_.outputs.push_back({name, 0, true});
    PESTLE_TRY(options_.golden.empty() ? against_source() : against_golden());
    for (const OutputDifference& output : result_.outputs)
      result_.difference = std::max(result_.difference, output.difference);
    result_.tolerance = options_.tolerance.value_or(kFloatTolerance);
    result_.passed = result_.difference <= result_.tolerance;
    return std::move(result_);
  }

 private:
  Status against_source() {
    result_.against = "the graph as imported";
    PESTLE_ASSIGN(auto source, Machine::make(pair_.source, pool_));
    Random random(options_.seed);
    for (size_t s = 0; s < options_.samples; ++s) {
      progress_.update("checking", static_cast<int64_t>(s), static_cast<int64_t>(options_.samples));
      std::vector<Tensor> inputs;
      for (ir::ValueId id : pair_.source.graphs[0].inputs) {
        PESTLE_ASSIGN(Tensor tensor, random_tensor(pair_.source.graphs[0].values[id], random));
        inputs.push_back(std::move(tensor));
      }
      PESTLE_TRY(source->run(inputs, progress_));
      PESTLE_TRY(run_written(inputs));
      for (size_t o = 0; o < result_.outputs.size(); ++o) PESTLE_TRY(compare(o, source->output(o), 1));
      ++result_.samples;
    }
    return {};
  }

  Status against_golden() {
    result_.against = options_.golden;
    PESTLE_ASSIGN(const auto samples, read_golden(options_.golden, pair_.source.graphs[0]));
    for (const GoldenSample& sample : samples) {
      progress_.update("checking", static_cast<int64_t>(result_.samples), static_cast<int64_t>(samples.size()));
      PESTLE_TRY(run_written(sample.inputs));
      for (size_t o = 0; o < result_.outputs.size(); ++o) {
        result_.outputs[o].compared = sample.outputs[o].has_value();
        if (sample.outputs[o]) PESTLE_TRY(compare(o, sample.outputs[o]->values.view(), sample.outputs[o]->stride));
      }
      ++result_.samples;
    }
    return {};
  }

  Status run_written(std::vector<Tensor> inputs) {
    for (size_t i = 0; i < inputs.size() && i < pair_.re_laid.size(); ++i) {
      if (pair_.re_laid[i]) inputs[i] = channels_last(inputs[i]);
    }
    return written_->run(inputs, progress_);
  }

  Status compare(size_t output, const ConstTensorView& expected, size_t stride) {
    const std::vector<double> a = numbers(written_->output(output)), b = numbers(expected);
    if (b.size() != (a.size() + stride - 1) / stride) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("output \"{}\" has {} values, {} has {}{}", result_.outputs[output].name, a.size(),
                              result_.against, b.size(), stride == 1 ? "" : fmt::format(" (every {}th)", stride)));
    }
    OutputDifference& worst = result_.outputs[output];
    worst.difference = std::max(worst.difference, relative_difference(a, b, stride));
    return {};
  }

  const CheckedPair& pair_;
  const CheckOptions& options_;
  ProgressSink& progress_;
  ThreadPool& pool_;
  std::unique_ptr<Machine> written_;
  CheckResult result_;
};

}  // namespace

Result<CheckResult> check(const CheckedPair& pair, const CheckOptions& options, int threads, ProgressSink& progress) {
  ThreadPool pool(threads);
  return Checking(pair, options, progress, pool).run();
}

}  // namespace pestle::flows
