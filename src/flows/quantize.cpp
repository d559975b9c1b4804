#include "flows/quantize.h"

#include <fmt/core.h>

#include <chrono>
#include <cmath>

#include "base/file.h"
#include "codec/json.h"
#include "flows/input_probe.h"
#include "flows/misgivings.h"
#include "flows/output.h"
#include "flows/roles.h"
#include "formats/tflite/class_names.h"
#include "quant/plan_json.h"

namespace pestle::flows {
namespace {

constexpr size_t kExplaining = 8;  // samples that say which layer is at fault

class Quantizing {
 public:
  Quantizing(const QuantizeOptions& options, ProgressSink& progress)
      : options_(options), progress_(progress), pool_(options.threads) {}

  Result<QuantizeResult> run() {
    // What contradicts itself is refused before any file is read; without a mode the plan's file has it.
    if (!options_.mode.empty()) {
      PESTLE_ASSIGN(settings_, understand(options_));
    }
    PESTLE_TRY(read_plan_file());
    PESTLE_ASSIGN(settings_, understand(options_));
    PESTLE_TRY(check_output(options_.output, options_.model.path));
    PESTLE_ASSIGN(model_, load_model(options_.model));
    if (is_quantized(model_.module)) {
      return fail(
          ErrorCode::kInvalidModel, options_.model.path + " is quantized already",
          "quantize the float model it was made from; pestle convert keeps the integers of a quantized ONNX file");
    }
    result_.notes = model_.notes;
    PESTLE_TRY(read_class_names());
    PESTLE_TRY(open_samples());
    PESTLE_TRY(doubt_inputs());
    Quantizer quantizer({model_.module, roles_.calibrating.get(), roles_.judging.get()}, pool_, progress_);
    ModeJob job{settings_.mode, settings_.choice, settings_.refine && roles_.calibrating != nullptr, {}, {}};
    if (!options_.plan.empty()) PESTLE_TRY(read_plan(job));
    if (settings_.choice.io == DType::kUInt8) take_pixels_as_they_are(job.choice);
    PESTLE_TRY(quantizer.prepare(job));
    const bool wanted = settings_.mode->needs_data() || job.averages.samples > 0;
    if (wanted && roles_.calibrating != nullptr) PESTLE_TRY(quantizer.calibrate({&job, 1}, settings_.observer));
    PESTLE_ASSIGN(const QuantizedModel quantized, quantizer.quantize(job));
    result_.calibration_samples = quantizer.calibration_samples();
    warn(few_to_calibrate(result_.calibration_samples));
    PESTLE_TRY(judge_result(quantized));
    PESTLE_TRY(write(quantized));
    if (auto note = roles_.left_out->note()) result_.notes.push_back(*std::move(note));
    return std::move(result_);
  }

 private:
  Status open_samples() {
    const RoleRequest request{options_.data, options_.validation, settings_.samples, RoleRequest::Unsplit::kHeldBack};
    PESTLE_ASSIGN(roles_, assign_roles(request, model_, progress_));
    if (options_.data.path.empty() && options_.validation.empty()) PESTLE_TRY(keep_plans_preprocessing());
    result_.notes.insert(result_.notes.end(), roles_.notes.begin(), roles_.notes.end());
    result_.warnings.insert(result_.warnings.end(), roles_.warnings.begin(), roles_.warnings.end());
    return {};
  }

  Status read_class_names() {
    class_names_ = model_.class_names;
    if (options_.class_names.empty()) return {};
    PESTLE_ASSIGN(const Bytes bytes, map_file(options_.class_names));
    class_names_ = formats::tflite::names_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    const ir::Graph& graph = model_.module.graphs[0];
    const Shape& shape = graph.values[graph.outputs[0]].type.shape;
    const int64_t classes = shape.rank() == 0 ? 1 : shape.back(0);
    if (static_cast<int64_t>(class_names_.size()) == classes) return {};
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} names {} classes, but output \"{}\" is {}", options_.class_names, class_names_.size(),
                            graph.values[graph.outputs[0]].name, to_string(shape)),
                "one name a line, in the order of the output's last axis; a background class needs a name too");
  }

  const Samples* judges() const { return roles_.scoring != nullptr ? roles_.scoring.get() : roles_.judging.get(); }

  // What the samples look like to the float model.
  Status doubt_inputs() {
    const Samples* samples = roles_.calibrating != nullptr ? roles_.calibrating.get() : judges();
    if (samples == nullptr) return {};
    PESTLE_ASSIGN(const InputProbe probe, probe_inputs(model_.module, *samples, pool_));
    warn(saturated_layer(probe.clipping, probe.at_limit));
    if (const auto recorded = recorded_ends(model_)) {
      const ir::Graph& graph = model_.module.graphs[0];
      warn(other_range_than_recorded(graph.values[graph.inputs[0]].name, probe.inputs[0], *recorded));
    }
    return {};
  }

  // Refinement has judged already where the samples are the same.
  Status judge_result(const QuantizedModel& quantized) {
    if (judges() == nullptr) return {};
    if (judges()->size() == 0) {
      warn(few_to_judge({}));
      return {};
    }
    result_.judged_on = roles_.scored_on;
    result_.judgement = quantized.judgement;
    FloatBehaviour original = quantized.original;
    if (judges() != roles_.judging.get() || !quantized.judgement) {
      const ir::Module* const module = &quantized.module;
      PESTLE_ASSIGN(const Judgements judged, judge(model_.module, {&module, 1}, *judges(), pool_, progress_));
      result_.judgement = judged.others[0];
      original = judged.original;
    }
    warn(few_to_judge(*result_.judgement));
    warn(doubtful_answers(original));
    const std::vector<std::string> signs = signs_of_collapse(*result_.judgement, original);
    return signs.empty() ? Status{} : explain_collapse(quantized.module, signs);
  }

  Status explain_collapse(const ir::Module& module, const std::vector<std::string>& signs) {
    PESTLE_ASSIGN(auto original, runtime::Plan::make(model_.module));
    PESTLE_ASSIGN(auto other, runtime::Plan::make(module));
    LayerWalk layers(std::move(original), std::move(other), pool_);
    const auto body = [&](size_t, std::span<const Tensor> inputs) { return layers.add(inputs); };
    PESTLE_TRY(judges()->for_each(spread(judges()->size(), kExplaining), body));
    const bool refined = settings_.refine || !settings_.mode->uses_data();
    warn(collapse_warning(signs, layers.findings(), {settings_.mode, settings_.choice.per_tensor, refined}));
    return {};
  }

  void warn(std::optional<std::string> warning) {
    if (warning) result_.warnings.push_back(*std::move(warning));
  }

  // What nobody says otherwise is as in the run that saved the plan.
  Status read_plan_file() {
    if (options_.plan.empty()) return {};
    PESTLE_ASSIGN(const Bytes bytes, map_file(options_.plan));
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    auto json = codec::parse_json(text);
    if (!json) return in_context(std::move(json).error(), options_.plan);
    plan_ = std::move(*json);
    const auto recall = [this](const char* key, std::string& option) {
      const Json* value = plan_.find(key);
      if (option.empty() && value != nullptr && value->as_string() != nullptr) option = *value->as_string();
    };
    recall("mode", options_.mode);
    recall("preprocess", options_.data.preprocess);
    return {};
  }

  // Without samples nothing is preprocessed; the file still records what the plan was made with.
  Status keep_plans_preprocessing() {
    if (options_.plan.empty() || options_.data.preprocess.empty()) return {};
    PESTLE_ASSIGN(roles_.chain, preprocessing(options_.data.preprocess, model_, input_specs(model_)));
    if (roles_.chain) roles_.preprocess = data::to_text(*roles_.chain);
    return {};
  }

  Status read_plan(ModeJob& job) {
    auto plan = quant::plan_from_json(plan_, model_.module);
    if (!plan) return in_context(std::move(plan).error(), options_.plan);
    if (plan->mode != settings_.mode->name) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("{} is a plan for `mode` {}", options_.plan, plan->mode));
    }
    job.plan = std::move(*plan);
    return {};
  }

  // uint8 inputs take raw pixel bytes: where the preprocessing is one affine map a * pixel + b, the input's scale is a
  // and its zero point -b / a, to the nearest step.
  void take_pixels_as_they_are(quant::ChoiceOptions& choice) {
    const auto map = roles_.chain ? data::affine_of(*roles_.chain) : std::nullopt;
    const ir::Graph& graph = model_.module.graphs[0];
    if (!map || graph.inputs.size() != 1) return;
    const double a = map->scale[0], b = map->offset[0];
    for (size_t c = 1; c < map->scale.size(); ++c) {
      if (map->scale[c] != a || map->offset[c] != b) {
        result_.notes.push_back(
            "the channels' ranges differ, so the uint8 input does not take raw pixels: its own scale is in the file");
        return;
      }
    }
    const double zero = std::round(-b / a);
    if (!(a > 0.0) || zero < 0.0 || zero > 255.0) return;
    choice.input_storage = quant::fixed_storage(DType::kInt8, static_cast<float>(a), static_cast<int64_t>(zero) - 128);
    result_.notes.push_back(fmt::format("the uint8 input takes raw pixels: scale {:.8g}, zero point {}", a, zero));
  }

  Status write(const QuantizedModel& quantized) {
    if (!options_.save_plan.empty()) {
      Json json = quant::plan_to_json(quantized.plan, model_.module);
      if (!roles_.preprocess.empty()) json.set("preprocess", roles_.preprocess);
      const std::string text = print_json(json, JsonStyle::kIndented);
      PESTLE_TRY(write_file(options_.save_plan, std::as_bytes(std::span(text))));
    }
    PESTLE_ASSIGN(result_.bytes, write_quantized(quantized.module, roles_.preprocess, options_.output,
                                                 {class_names_, options_.class_names.empty(), roles_.chain}));
    result_.output = options_.output;
    result_.mode = settings_.mode->name;
    result_.source_bytes = model_.file_bytes;
    result_.operators = count_operators(quantized.module);
    result_.float_nodes = quantized.float_nodes;
    result_.refinement = quantized.refinement;
    result_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
    return {};
  }

  QuantizeOptions options_;
  Json plan_;  // as the file says it
  ProgressSink& progress_;
  ThreadPool pool_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  QuantizeSettings settings_;
  LoadedModel model_;
  Roles roles_;
  std::vector<std::string> class_names_;
  QuantizeResult result_;
};

}  // namespace

Result<QuantizeResult> quantize(const QuantizeOptions& options, ProgressSink& progress) {
  return Quantizing(options, progress).run();
}

}  // namespace pestle::flows
