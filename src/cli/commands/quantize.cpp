#include "flows/quantize.h"

#include <fmt/core.h>

#include "cli/command.h"
#include "cli/flag_words.h"
#include "cli/json_parts.h"
#include "cli/model_flags.h"

namespace pestle::cli {
namespace {

std::string operators_text(const flows::OperatorCounts& counts) {
  return fmt::format("{}, {} of them integer{}", counts.total, counts.integer,
                     counts.hybrid > 0 ? fmt::format(", {} hybrid", counts.hybrid) : "");
}

std::string percent_text(const flows::Share& share) {
  return fmt::format("{:.1f} % ± {:.1f}", 100 * share.value, 100 * share.margin);
}

std::string samples_text(size_t count) { return fmt::format("{} sample{}", count, count == 1 ? "" : "s"); }

std::string refinement_text(const flows::RefinementReport& report) {
  const std::string what =
      fmt::format("{} layer{} on {}", report.layers, report.layers == 1 ? "" : "s", samples_text(report.samples));
  if (report.judged == 0) return what + ": left out, for no sample is left to judge it";
  return fmt::format("{}: {:.1f} dB before, {:.1f} dB after, {}", what, report.before_db, report.after_db,
                     report.kept ? "kept" : "left out");
}

void add_judgement(const flows::QuantizeResult& result, report::Facts& facts) {
  using report::text_cell;
  const flows::Judgement& j = *result.judgement;
  facts.items.emplace_back("judged on", text_cell(fmt::format("{} ({})", samples_text(j.samples), result.judged_on)));
  facts.items.emplace_back(
      "agreement with float",
      text_cell(fmt::format("{}, SQNR {:.1f} dB", j.agreement ? percent_text(*j.agreement) : "-", j.decisive_db)));
  if (!j.top1) return;
  facts.items.emplace_back("top-1 of the float model", text_cell(percent_text(*j.float_top1)));
  facts.items.emplace_back("top-1 as written", text_cell(percent_text(*j.top1)));
}

report::Facts facts_of(const flows::QuantizeResult& result) {
  using namespace report;
  Facts facts{{{"written", text_cell(result.output)},
               {"mode", text_cell(result.mode)},
               {"bytes before", bytes_cell(static_cast<int64_t>(result.source_bytes))},
               {"bytes after", bytes_cell(static_cast<int64_t>(result.bytes))},
               {"operators", text_cell(operators_text(result.operators))}}};
  if (result.calibration_samples > 0)
    facts.items.emplace_back("calibrated on", text_cell(samples_text(result.calibration_samples)));
  if (result.refinement) {
    facts.items.emplace_back("bias correction", text_cell(refinement_text(*result.refinement)));
  }
  if (result.judgement) add_judgement(result, facts);
  facts.items.emplace_back("seconds", number_cell(result.seconds, 2));
  return facts;
}

report::Document document_of(const flows::QuantizeResult& result) {
  using namespace report;
  Document document;
  document.blocks.emplace_back(facts_of(result));
  if (!result.float_nodes.empty()) {
    Table table{{{"stays float"}, {"operator"}, {"reason", "", Align::kAuto, Overflow::kWrap}}, {}, {}};
    for (const flows::FloatNode& node : result.float_nodes)
      table.rows.push_back({{text_cell(node.name), text_cell(node.op), text_cell(node.reason)}});
    document.blocks.emplace_back(std::move(table));
  }
  for (const std::string& note : result.notes) document.blocks.emplace_back(Note{NoteKind::kNote, note});
  for (const std::string& warning : result.warnings) document.blocks.emplace_back(Note{NoteKind::kWarning, warning});
  return document;
}

void json_of_judgement(const flows::QuantizeResult& result, Json& json) {
  const flows::Judgement& j = *result.judgement;
  json.set("judged_on", result.judged_on);
  json.set("judging_samples", j.samples);
  json.set("agreement", j.agreement ? Json(j.agreement->value) : Json());
  json.set("agreement_margin", j.agreement ? Json(j.agreement->margin) : Json());
  json.set("sqnr_db", j.sqnr_db);
  json.set("centred_sqnr_db", j.centred_sqnr_db);
  if (!j.top1) return;
  json.set("labelled_samples", j.labelled);
  json.set("float_top1", j.float_top1->value);
  json.set("float_top1_margin", j.float_top1->margin);
  json.set("top1", j.top1->value);
  json.set("top1_margin", j.top1->margin);
}

Json json_of(const flows::QuantizeResult& result) {
  Json operators = Json::object();
  operators.set("total", result.operators.total);
  operators.set("integer", result.operators.integer);
  operators.set("hybrid", result.operators.hybrid);
  operators.set("float", result.operators.floating);
  operators.set("transpose", result.operators.transpose);
  Json json = Json::object();
  json.set("output", result.output);
  json.set("mode", result.mode);
  json.set("bytes_before", result.source_bytes);
  json.set("bytes", result.bytes);
  json.set("seconds", result.seconds);
  json.set("operators", operators);
  json.set("calibration_samples", result.calibration_samples);
  if (result.refinement) {
    Json refinement = Json::object();
    refinement.set("layers", result.refinement->layers);
    refinement.set("samples", result.refinement->samples);
    refinement.set("kept", result.refinement->kept);
    refinement.set("judging_samples", result.refinement->judged);
    if (result.refinement->judged > 0) {
      refinement.set("before_sqnr_db", result.refinement->before_db);
      refinement.set("after_sqnr_db", result.refinement->after_db);
    }
    json.set("bias_correction", refinement);
  }
  if (result.judgement) json_of_judgement(result, json);
  Json nodes = Json::array();
  for (const flows::FloatNode& node : result.float_nodes) {
    Json row = Json::object();
    row.set("name", node.name);
    row.set("operator", node.op);
    row.set("reason", node.reason);
    nodes.push(row);
  }
  json.set("float_nodes", nodes);
  json.set("warnings", strings_json(result.warnings));
  json.set("notes", strings_json(result.notes));
  return json;
}

class QuantizeCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    std::vector<Flag> flags;
    model_.declare(flags);
    flags.push_back({"-o,--output", "FILE", "The .tflite to write", &options_.output, true});
    flags.push_back({"--mode", "M", "How numbers are stored; without it the modes are listed", &options_.mode});
    data_.declare(flags);
    flags.push_back({"--validation", "PATH",
                     "Samples to judge on (else the label file's split, else some of --data are held back)",
                     &options_.validation});
    flags.push_back({"--samples", "N", "Samples that calibrate, evenly spread (200)", &options_.samples});
    flags.push_back({"--observer", "O", "minmax, moving-average or percentile[=99.99]", &options_.observer});
    flags.push_back({"--refine", "R", "auto (bias correction, the default), bias or none", &options_.refine});
    flags.push_back({"--per-tensor", "", "One scale a weight tensor", &options_.per_tensor});
    flags.push_back({"--min-elements", "N", "dynamic: smaller weights stay float (1024)", &options_.min_elements});
    flags.push_back(
        {"--keep-float", "PATTERN", "Operators to leave float: names or op:NAME, with * and ?", &keep_float_});
    flags.push_back(
        {"--allow-float", "PATTERN", "full modes, and with --strict: operators that may stay float", &allow_float_});
    flags.push_back({"--strict", "", "An operator that stays float is an error", &options_.strict});
    flags.push_back({"--io", "TYPE", "Type of inputs and outputs", &options_.io});
    flags.push_back({"--plan", "FILE", "Storage of every number, and the mode, from a plan, as --save-plan wrote it",
                     &options_.plan});
    flags.push_back({"--save-plan", "FILE", "Write the plan in force as JSON", &options_.save_plan});
    flags.push_back({"--class-names", "FILE", "Names of the output's classes, one a line, to keep in the file",
                     &options_.class_names});
    flags.push_back({"--threads", "N", "Threads (physical cores)", &threads_});
    return flags;
  }

  Result<Outcome> run(ProgressSink& progress) override {
    PESTLE_ASSIGN(options_.model, model_.understand());
    options_.data = data_.request;
    options_.threads = static_cast<int>(threads_);
    options_.keep_float = split_list(keep_float_);
    options_.allow_float = split_list(allow_float_);
    auto quantized = flows::quantize(options_, progress);
    if (!quantized) return Failure(std::move(quantized).error());
    const std::vector<Flag> words = flags();
    flows::QuantizeResult result = std::move(quantized).value();
    for (std::string& warning : result.warnings) warning = in_flags(warning, words);
    for (std::string& note : result.notes) note = in_flags(note, words);
    for (flows::FloatNode& node : result.float_nodes) node.reason = in_flags(node.reason, words);
    return Outcome{document_of(result), json_of(result)};
  }

 private:
  ModelFlags model_;
  DataFlags data_;
  flows::QuantizeOptions options_;
  int64_t threads_ = 0;
  std::vector<std::string> keep_float_, allow_float_;
};

}  // namespace

const CommandDef& command_quantize() {
  static const CommandDef def{
      "quantize",
      "Store a float model in fewer bits",
      {"pestle quantize net.onnx -o net.tflite --mode full-int8 --data photos/ --preprocess imagenet",
       "pestle quantize net.onnx -o net.tflite --mode dynamic",
       "pestle quantize net.tflite -o small.tflite --mode int8 --data samples.npz --keep-float '*/logits'"},
      [] { return std::unique_ptr<Command>(new QuantizeCommand()); }};
  return def;
}

}  // namespace pestle::cli
