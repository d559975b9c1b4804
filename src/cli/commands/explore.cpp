#include "flows/explore.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/file.h"
#include "cli/command.h"
#include "cli/flag_words.h"
#include "cli/json_parts.h"
#include "cli/model_flags.h"
#include "report/html.h"

namespace pestle::cli {

const CommandDef& command_quantize();

namespace {

using flows::ExploreResult;
using flows::ExploreRow;

report::Row table_row(const ExploreRow& row, bool labelled) {
  using namespace report;
  if (!row.works()) return {{text_cell(row.name()), text_cell("not possible")}, Mark::kWarning};
  const Mark mark = row.recommended ? Mark::kBest : (row.dominated_by.empty() ? Mark::kNone : Mark::kDominated);
  Row cells{{text_cell(row.name()), bytes_cell(static_cast<int64_t>(row.bytes)),
             text_cell(fmt::format("{:.2f}x", row.times_smaller))},
            mark};
  if (labelled) cells.cells.push_back(row.top1 ? percent_cell(*row.top1, 1) : empty_cell());
  cells.cells.push_back(row.agreement ? percent_cell(*row.agreement, 1) : text_cell("-"));
  cells.cells.push_back(number_cell(row.logits_centred_sqnr_db, 1));
  cells.cells.push_back(milliseconds_cell(row.latency.median_ms));
  cells.cells.push_back(text_cell(fmt::format("{}/{}", row.operators.integer, row.operators.total)));
  return cells;
}

report::Table table_of(const ExploreResult& result) {
  using namespace report;
  Table table;
  const bool labelled = result.float_top1.has_value();
  table.columns = {{"mode"}, {"size", "bytes"}, {"smaller", "", Align::kRight}};
  if (labelled) table.columns.push_back({"top-1"});
  table.columns.push_back({"agreement"});
  table.columns.push_back({"SQNR", "dB"});
  table.columns.push_back({"run", "ms"});
  table.columns.push_back({"integer", "", Align::kRight});
  for (const ExploreRow& row : result.rows) table.rows.push_back(table_row(row, labelled));
  return table;
}

report::Plot front_of(const ExploreResult& result) {
  using namespace report;
  const bool labelled = result.float_top1.has_value();
  const bool answers = std::all_of(result.rows.begin(), result.rows.end(),
                                   [](const ExploreRow& row) { return !row.works() || row.top1 || row.agreement; });
  const Axis accuracy = answers ? Axis{labelled ? "top-1" : "agreement", "%"} : Axis{"SQNR", "dB"};
  Plot plot{"size and accuracy", PlotKind::kScatter, {"size", "kB"}, accuracy, {}};
  Series series{"modes", {}};
  for (const ExploreRow& row : result.rows) {
    if (!row.works()) continue;
    const Mark mark = row.recommended ? Mark::kBest : (row.dominated_by.empty() ? Mark::kNone : Mark::kDominated);
    const double height = answers ? 100 * row.top1.value_or(row.agreement.value_or(0)) : row.logits_centred_sqnr_db;
    series.points.push_back({static_cast<double>(row.bytes) / 1000.0, height, row.name(), mark});
  }
  plot.series.push_back(std::move(series));
  return plot;
}

std::string explanation(const ExploreResult& result) {
  std::string text = fmt::format("Calibrated on {} samples, scored on {} others ({}).", result.calibration_samples,
                                 result.scoring_samples, result.scored_on);
  if (result.float_top1) text += fmt::format(" The float model's top-1 is {:.1f} %.", 100 * *result.float_top1);
  text += fmt::format(
      " Agreement: same answer as the float model. SQNR: centred, of the {}. Latency: our executor, one thread, median "
      "of {} runs.",
      result.before_softmax ? "values before the softmax" : "outputs", result.runs);
  return text;
}

report::Document document_of(const ExploreResult& result) {
  using namespace report;
  Document document;
  document.title = "Modes";
  document.blocks.emplace_back(table_of(result));
  document.blocks.emplace_back(Paragraph{explanation(result)});
  document.blocks.emplace_back(Paragraph{"Recommendation: " + result.recommendation + "."});
  for (const ExploreRow& row : result.rows) {
    if (!row.dominated_by.empty()) {
      document.blocks.emplace_back(
          Note{NoteKind::kNote, fmt::format("{} is not needed: {}", row.name(), row.dominated_why)});
    }
    if (!row.works()) {
      const std::string hint = row.hint.empty() ? "" : "; hint: " + row.hint;
      document.blocks.emplace_back(Note{NoteKind::kWarning, fmt::format("{}: {}{}", row.name(), row.failure, hint)});
    }
  }
  for (const std::string& note : result.notes) document.blocks.emplace_back(Note{NoteKind::kNote, note});
  return document;
}

Json json_of(const ExploreRow& row) {
  Json json = Json::object();
  json.set("mode", row.mode);
  json.set("per_tensor", row.per_tensor);
  json.set("ok", row.works());
  if (!row.works()) {
    json.set("reason", row.failure);
    json.set("hint", row.hint);
    return json;
  }
  json.set("output", row.file);
  json.set("bytes", row.bytes);
  json.set("times_smaller", row.times_smaller);
  if (row.top1) json.set("top1", *row.top1);
  json.set("agreement", row.agreement ? Json(*row.agreement) : Json());
  json.set("sqnr_db", row.sqnr_db);
  json.set("centred_sqnr_db", row.centred_sqnr_db);
  json.set("logits_sqnr_db", row.logits_sqnr_db);
  json.set("logits_centred_sqnr_db", row.logits_centred_sqnr_db);
  json.set("median_ms", row.latency.median_ms);
  json.set("min_ms", row.latency.min_ms);
  json.set("p90_ms", row.latency.p90_ms);
  Json operators = Json::object();
  operators.set("total", row.operators.total);
  operators.set("integer", row.operators.integer);
  operators.set("hybrid", row.operators.hybrid);
  operators.set("float", row.operators.floating);
  operators.set("transpose", row.operators.transpose);
  json.set("operators", std::move(operators));
  if (row.refinement) json.set("bias_correction_kept", row.refinement->kept);
  json.set("dominated_by", row.dominated_by.empty() ? Json() : Json(row.dominated_by));
  json.set("recommended", row.recommended);
  return json;
}

Json json_of(const ExploreResult& result) {
  Json json = Json::object();
  json.set("bytes_before", result.source_bytes);
  json.set("calibration_samples", result.calibration_samples);
  json.set("samples", result.scoring_samples);
  json.set("scored_on", result.scored_on);
  if (result.float_top1) json.set("float_top1", *result.float_top1);
  json.set("runs", result.runs);
  json.set("threads", 1);
  Json rows = Json::array();
  for (const ExploreRow& row : result.rows) rows.push(json_of(row));
  json.set("modes", std::move(rows));
  json.set("recommendation", result.recommendation);
  json.set("notes", strings_json(result.notes));
  json.set("seconds", result.seconds);
  return json;
}

Status write_text(const std::string& path, const std::string& text) {
  return write_file(path, std::as_bytes(std::span(text)));
}

Status write_reports(const ExploreResult& result, const std::string& folder) {
  Json json = Json::object();
  json.set("pestle", PESTLE_VERSION);
  json.set("command", "explore");
  json.set("ok", true);
  const Json body = json_of(result);
  for (const Json::Member& member : *body.as_object()) json.append(member.key, member.value);
  PESTLE_TRY(write_text(folder + "/explore.json", print_json(json, JsonStyle::kIndented)));
  report::Document page = document_of(result);
  page.blocks.emplace_back(front_of(result));
  return write_text(folder + "/explore.html", report::render_html(page));
}

class ExploreCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    std::vector<Flag> flags;
    model_.declare(flags);
    flags.push_back(
        {"-o,--output", "FOLDER", "Where the .tflite files, explore.json and explore.html go", &options_.folder, true});
    data_.declare(flags);
    flags.push_back({"--validation", "PATH", "Samples to score on (else the label file's split, else odd rows)",
                     &options_.samples.validation});
    flags.push_back(count_flag("--samples", "Samples that calibrate, evenly spread (200)", &samples_));
    flags.push_back(Flag{"--refine", "R", "auto (bias correction, the default), bias or none", &refine_}.among(
        {"auto", "bias", "none"}));
    flags.push_back(count_flag("--runs", "Timed runs of each mode (20)", &runs_));
    flags.push_back(threads_flag(&threads_));
    flags.back().help = "Threads of calibrating and scoring (physical cores); latency is that of one";
    return flags;
  }

  Result<Outcome> run(ProgressSink& progress) override {
    if (data_.request.path.empty())
      return fail(ErrorCode::kInvalidArgument, "--data is missing", "--data FOLDER (100 to 500 pictures)");
    PESTLE_ASSIGN(options_.model, model_.understand());
    options_.samples.data = data_.request;
    options_.samples.calibrating = static_cast<size_t>(samples_);
    options_.refine = refine_ != "none";
    options_.runs = static_cast<size_t>(runs_);
    options_.threads = static_cast<int>(threads_);
    PESTLE_ASSIGN(ExploreResult result, flows::explore(options_, progress));
    // Ways out of a mode's failure are flags of the verb that makes one mode.
    const std::vector<Flag> words = command_quantize().make()->flags();
    for (ExploreRow& row : result.rows) {
      row.failure = in_flags(row.failure, words);
      row.hint = in_flags(row.hint, words);
    }
    PESTLE_TRY(write_reports(result, options_.folder));
    return Outcome{document_of(result), json_of(result)};
  }

 private:
  ModelFlags model_;
  DataFlags data_;
  flows::ExploreOptions options_;
  int64_t samples_ = 200, runs_ = 20, threads_ = 0;
  std::string refine_ = "auto";
};

}  // namespace

const CommandDef& command_explore() {
  static const CommandDef def{
      "explore",
      "Try every mode and compare size, accuracy and latency",
      {"pestle explore net.onnx -o results/ --data photos/ --preprocess imagenet",
       "pestle explore net.onnx -o results/ --data calibration/ --validation validation/ --preprocess tf",
       "pestle explore net.tflite -o results/ --data features.npy --labels labels.csv --json"},
      [] { return std::unique_ptr<Command>(new ExploreCommand()); }};
  return def;
}

}  // namespace pestle::cli
