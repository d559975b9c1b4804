#include <fmt/core.h>

#include "cli/command.h"
#include "cli/json_parts.h"
#include "cli/model_flags.h"
#include "flows/evaluate.h"

namespace pestle::cli {
namespace {

void add_score(const flows::ModelScore& score, const char* who, report::Facts& facts) {
  if (!score.top1) return;
  facts.items.emplace_back(fmt::format("top-1{}", who), report::percent_cell(*score.top1, 1));
  facts.items.emplace_back(fmt::format("top-5{}", who), report::percent_cell(*score.top5, 1));
}

report::Cell metric_cell(const std::string& metric, double value) {
  const bool is_share = metric.starts_with("top") || metric == "agreement";
  if (is_share) return report::percent_cell(value, 1);
  return metric.ends_with("nr") ? report::number_cell(value, 1) : report::number_cell(value, 8);
}

const char* why_unlabelled(const flows::SampleRequest& data) {
  return data.labels.empty() ? "no labels: --labels FILE, or a labels.csv in the folder, gives top-1 and top-5"
                             : "no labels: the file that --labels names has no labels in a column 'label'";
}

report::Document document_of(const flows::EvalResult& result, const flows::EvalOptions& options) {
  using namespace report;
  const std::string& metric = options.metric;
  Document document;
  Facts facts;
  if (result.metric) facts.items.emplace_back(metric, metric_cell(metric, *result.metric));
  facts.items.emplace_back("samples", count_cell(static_cast<int64_t>(result.samples)));
  facts.items.emplace_back("bytes", bytes_cell(static_cast<int64_t>(result.bytes)));
  facts.items.emplace_back("preprocess", text_cell(result.preprocess.empty() ? "none" : result.preprocess));
  add_score(result.score, "", facts);
  if (result.against) add_score(*result.against, " of the original", facts);
  facts.items.emplace_back("seconds", number_cell(result.seconds, 1));
  document.blocks.emplace_back(std::move(facts));
  if (!result.comparison.empty()) {
    Table table{{{"output"},
                 {"agreement"},
                 {"SQNR", "dB"},
                 {"centred SQNR", "dB"},
                 {"PSNR", "dB"},
                 {"cosine"},
                 {"MSE"},
                 {"max difference"}},
                {},
                {}};
    for (const flows::OutputComparison& row : result.comparison) {
      table.rows.push_back(
          {{text_cell(row.name), row.agreement ? percent_cell(*row.agreement, 1) : text_cell("-"),
            number_cell(row.sqnr_db, 1), number_cell(row.centred_sqnr_db, 1), number_cell(row.psnr_db, 1),
            number_cell(row.cosine, 5), number_cell(row.mse, 8), number_cell(row.max_abs, 6)}});
    }
    document.blocks.emplace_back(std::move(table));
  }
  if (!result.score.top1 && (metric.empty() || metric.starts_with("top"))) {
    document.blocks.emplace_back(Note{NoteKind::kNote, why_unlabelled(options.data)});
  }
  for (const std::string& note : result.about_model) document.blocks.emplace_back(Note{NoteKind::kNote, note});
  for (const std::string& note : result.notes) document.blocks.emplace_back(Note{NoteKind::kWarning, note});
  return document;
}

Json score_json(const flows::ModelScore& score) {
  Json json = Json::object();
  if (score.top1) json.set("top1", *score.top1);
  if (score.top5) json.set("top5", *score.top5);
  return json;
}

Json json_of(const flows::EvalResult& result, const std::string& metric) {
  Json json = Json::object();
  json.set("samples", result.samples);
  json.set("bytes", result.bytes);
  json.set("seconds", result.seconds);
  json.set("preprocess", result.preprocess);
  if (result.score.top1) json.set("top1", *result.score.top1);
  if (result.score.top5) json.set("top5", *result.score.top5);
  if (result.metric) json.set("metric", metric).set("value", *result.metric);
  if (result.against) json.set("original", score_json(*result.against));
  if (!result.comparison.empty()) {
    json.set("agreement", result.overall.agreement ? Json(*result.overall.agreement) : Json());
    json.set("sqnr_db", result.overall.sqnr_db);
    json.set("centred_sqnr_db", result.overall.centred_sqnr_db);
    json.set("psnr_db", result.overall.psnr_db);
    Json outputs = Json::array();
    for (const flows::OutputComparison& row : result.comparison) {
      Json item = Json::object();
      item.set("name", row.name);
      item.set("agreement", row.agreement ? Json(*row.agreement) : Json());
      item.set("sqnr_db", row.sqnr_db);
      item.set("centred_sqnr_db", row.centred_sqnr_db);
      item.set("psnr_db", row.psnr_db);
      item.set("cosine", row.cosine);
      item.set("mse", row.mse);
      item.set("max_abs", row.max_abs);
      outputs.push(item);
    }
    json.set("outputs", outputs);
  }
  std::vector<std::string> notes = result.about_model;
  notes.insert(notes.end(), result.notes.begin(), result.notes.end());
  json.set("notes", strings_json(notes));
  return json;
}

class EvalCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    std::vector<Flag> flags;
    model_.declare(flags);
    data_.declare(flags);
    flags.push_back(Flag{"--metric", "M",
                         "The number asked for: top1, top5, or with --against agreement, sqnr, centred-sqnr, psnr, "
                         "cosine, mse",
                         &options_.metric}
                        .among(flows::metric_names()));
    flags.push_back({"--against", "FLOAT", "The float original: adds agreement and SQNR", &options_.against});
    flags.push_back({"--logits", "", "Compare at the input of a final softmax", &options_.logits});
    flags.push_back(count_flag("--samples", "Evenly spread (all)", &samples_));
    flags.push_back(threads_flag(&threads_));
    return flags;
  }

  Result<Outcome> run(ProgressSink& progress) override {
    if (data_.request.path.empty()) return fail(ErrorCode::kInvalidArgument, "--data is missing", "--data FOLDER");
    PESTLE_ASSIGN(options_.model, model_.understand());
    options_.data = data_.request;
    options_.samples = static_cast<size_t>(samples_);
    options_.threads = static_cast<int>(threads_);
    PESTLE_ASSIGN(const flows::EvalResult result, flows::evaluate(options_, progress));
    return Outcome{document_of(result, options_), json_of(result, options_.metric)};
  }

 private:
  ModelFlags model_;
  DataFlags data_;
  flows::EvalOptions options_;
  int64_t samples_ = 0, threads_ = 0;
};

}  // namespace

const CommandDef& command_eval() {
  static const CommandDef def{"eval",
                              "Measure a model on labelled data",
                              {"pestle eval net.tflite --data photos/ --preprocess imagenet",
                               "pestle eval net.tflite --data photos/ --preprocess tf --against net.onnx",
                               "pestle eval net.tflite --data features.npy --labels labels.csv --split test --json"},
                              [] { return std::unique_ptr<Command>(new EvalCommand()); }};
  return def;
}

}  // namespace pestle::cli
