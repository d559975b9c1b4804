// Quantizing in steps that verbs share: samples are walked once for the statistics of any number of modes, then each
// mode is chosen, refined, applied and judged.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "base/progress.h"
#include "flows/judging.h"
#include "flows/samples.h"
#include "quant/calibrate.h"
#include "quant/choose.h"

namespace pestle::flows {

using FloatNode = quant::FloatNode;

// A mode as somebody wants it, and, once prepared, what it needs of the calibration.
struct ModeJob {
  const quant::Mode* mode = nullptr;
  quant::ChoiceOptions choice;
  bool refine = true;
  std::optional<quant::QuantPlan> plan;  // in force instead of what the mode would choose
  quant::AverageRequest averages;        // set by prepare()
};

struct RefinementReport {
  size_t layers = 0;
  size_t samples = 0;  // that set the corrections
  size_t judged = 0;   // samples; none: there is no evidence for the corrections, so they are not kept
  bool kept = false;
  double before_db = 0;  // SQNR of the outputs on judging samples
  double after_db = 0;
};

struct QuantizedModel {
  ir::Module module;
  quant::QuantPlan plan;
  std::vector<quant::FloatNode> float_nodes;
  std::optional<RefinementReport> refinement;
  std::optional<Judgement> judgement;  // where refinement asked for one
  FloatBehaviour original;             // then too
};

class Quantizer {
 public:
  // The float model and the samples must outlive the quantizer. Null: there are none.
  struct Material {
    const ir::Module& module;
    const Samples* calibrating = nullptr;
    const Samples* judging = nullptr;
  };
  Quantizer(const Material& material, ThreadPool& pool, ProgressSink& progress);

  // Finds out what the mode needs. Fails where it cannot be had at all (an operator that cannot be integer).
  Status prepare(ModeJob& job) const;
  // One walk for all jobs that were prepared.
  Status calibrate(std::span<const ModeJob> jobs, const quant::ObserverSpec& observer);
  size_t calibration_samples() const { return static_cast<size_t>(statistics_.samples); }
  // After calibrate(), where the mode needs data; once a job.
  Result<QuantizedModel> quantize(const ModeJob& job);

 private:
  // Means that jobs with the same request share; they are let go with the last of them.
  struct SharedAverages {
    quant::AverageRequest request;
    size_t users = 0;
    quant::Averages means;
  };
  SharedAverages* averages_of(const ModeJob& job);
  Result<quant::QuantPlan> plan_of(const ModeJob& job, const quant::Statistics& statistics) const;
  Status refine(SharedAverages& averages, const quant::QuantPlan& plan, QuantizedModel& result);

  Material material_;
  ThreadPool& pool_;
  ProgressSink& progress_;
  std::vector<SharedAverages> averages_;
  quant::Statistics statistics_;
};

// Names of the first output's classes and what the support libraries need to feed the model.
struct ClassRecord {
  std::vector<std::string> names;  // empty: nothing is recorded
  bool described = false;          // the model's own metadata say what they are names of
  std::optional<data::Chain> chain;
};
// Writes a quantized model, with what its inputs expect recorded in it. Returns the file's bytes.
Result<size_t> write_quantized(ir::Module module, const std::string& preprocess, const std::string& path,
                               const ClassRecord& classes = {});

}  // namespace pestle::flows
