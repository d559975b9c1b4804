#include "flows/compare.h"

#include <fmt/core.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/json_parts.h"
#include "cli/model_flags.h"
#include "report/html.h"

namespace pestle::cli {
namespace {

using flows::CompareResult;

report::Table layers_table(const CompareResult& result) {
  using namespace report;
  Table table{{{"layer"}, {"operator"}, {"SQNR", "dB"}, {"lost", "dB"}, {"cosine"}, {"saturated"}}, {}, {}};
  for (size_t i = 0; i < result.layers.size(); ++i) {
    const flows::LayerComparison& layer = result.layers[i];
    const bool blamed = result.blame && result.blame->layer == i;
    const bool parts = result.first_part == i;
    table.rows.push_back(
        {{text_cell(layer.name), text_cell(layer.op), number_cell(layer.sqnr_db, 1), number_cell(layer.lost_db, 1),
          number_cell(layer.cosine, 5), percent_cell(layer.saturation, 2)},
         blamed || parts ? Mark::kWarning : Mark::kNone});
  }
  return table;
}

report::Table outputs_table(const CompareResult& result) {
  using namespace report;
  Table table{{{"output"}, {"agreement"}, {"SQNR", "dB"}, {"centred SQNR", "dB"}, {"cosine"}}, {}, {}};
  for (const flows::OutputSimilarity& output : result.outputs) {
    table.rows.push_back(
        {{text_cell(output.name), output.agreement ? percent_cell(*output.agreement, 1) : text_cell("-"),
          number_cell(output.sqnr_db, 1), number_cell(output.centred_sqnr_db, 1), number_cell(output.cosine, 5)}});
  }
  return table;
}

std::string layer_text(const flows::LayerComparison& layer) {
  return fmt::format("\"{}\" ({}), {:.1f} dB", layer.name, layer.op, layer.sqnr_db);
}

std::string parting_text(const CompareResult& result) {
  if (result.layers.empty()) return "not known: no layer of the one has the name of a layer of the other";
  return result.first_part ? layer_text(result.layers[*result.first_part])
                           : fmt::format("nowhere below {:.0f} dB", flows::kPartsBelow);
}

report::Facts summary(const CompareResult& result) {
  using namespace report;
  Facts facts;
  facts.items.emplace_back("samples", count_cell(static_cast<int64_t>(result.samples)));
  facts.items.emplace_back("layers", text_cell(fmt::format("{} compared, {} without a counterpart",
                                                           result.layers.size(), result.unmatched)));
  facts.items.emplace_back("part first", text_cell(parting_text(result)));
  if (result.blame) {
    facts.items.emplace_back("part most", text_cell(layer_text(result.layers[result.blame->layer])));
    facts.items.emplace_back("because", text_cell(result.blame->why));
    facts.items.emplace_back("to mend it", text_cell(result.blame->mend));
  }
  return facts;
}

report::Plot plot_of(const CompareResult& result) {
  using namespace report;
  Plot plot{"SQNR by layer", PlotKind::kLine, {"layer", ""}, {"SQNR", "dB"}, {}};
  Series series{"SQNR", {}};
  for (size_t i = 0; i < result.layers.size(); ++i)
    series.points.push_back({static_cast<double>(i), result.layers[i].sqnr_db, {}, Mark::kNone});
  plot.series.push_back(std::move(series));
  return plot;
}

report::Document document_of(const CompareResult& result) {
  using namespace report;
  Document document;
  document.title = fmt::format("{} against {}", result.b, result.a);
  document.blocks.emplace_back(layers_table(result));
  document.blocks.emplace_back(outputs_table(result));
  document.blocks.emplace_back(summary(result));
  for (const std::string& warning : result.warnings) document.blocks.emplace_back(Note{NoteKind::kWarning, warning});
  for (const std::string& note : result.notes) document.blocks.emplace_back(Note{NoteKind::kNote, note});
  return document;
}

Json layer_json(const flows::LayerComparison& layer) {
  Json json = Json::object();
  json.set("name", layer.name);
  json.set("operator", layer.op);
  json.set("sqnr_db", layer.sqnr_db);
  json.set("cosine", layer.cosine);
  json.set("saturation", layer.saturation);
  json.set("lost_db", layer.lost_db);
  return json;
}

Json json_of(const CompareResult& result) {
  Json json = Json::object();
  json.set("samples", result.samples);
  Json layers = Json::array();
  for (const flows::LayerComparison& layer : result.layers) layers.push(layer_json(layer));
  json.set("layers", std::move(layers));
  json.set("unmatched", result.unmatched);
  Json outputs = Json::array();
  for (const flows::OutputSimilarity& output : result.outputs) {
    Json row = Json::object();
    row.set("name", output.name);
    row.set("agreement", output.agreement ? Json(*output.agreement) : Json());
    row.set("sqnr_db", output.sqnr_db);
    row.set("centred_sqnr_db", output.centred_sqnr_db);
    row.set("cosine", output.cosine);
    outputs.push(std::move(row));
  }
  json.set("outputs", std::move(outputs));
  json.set("first_part", result.first_part ? Json(result.layers[*result.first_part].name) : Json());
  if (result.blame) {
    Json blame = Json::object();
    blame.set("name", result.layers[result.blame->layer].name);
    blame.set("why", result.blame->why);
    blame.set("mend", result.blame->mend);
    json.set("most", std::move(blame));
  }
  json.set("warnings", strings_json(result.warnings));
  json.set("notes", strings_json(result.notes));
  json.set("seconds", result.seconds);
  return json;
}

class CompareCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    std::vector<Flag> flags;
    flags.push_back({"original", "A", "The original model", &options_.a.path, true});
    flags.push_back({"other", "B", "The model made from it", &options_.b, true});
    model_.declare_import(flags);
    data_.declare(flags);
    flags.push_back(count_flag("--samples", "Samples, evenly spread (50)", &samples_));
    flags.push_back({"--report", "FILE", "Write a page with the table and a plot", &report_});
    flags.push_back(threads_flag(&threads_));
    return flags;
  }

  Result<Outcome> run(ProgressSink& progress) override {
    if (data_.request.path.empty()) return fail(ErrorCode::kInvalidArgument, "--data is missing", "--data FOLDER");
    const std::string original = options_.a.path;
    PESTLE_ASSIGN(options_.a, model_.understand());
    options_.a.path = original;
    options_.data = data_.request;
    options_.samples = static_cast<size_t>(samples_);
    options_.threads = static_cast<int>(threads_);
    PESTLE_ASSIGN(const CompareResult result, flows::compare(options_, progress));
    if (!report_.empty()) PESTLE_TRY(write_report(result));
    return Outcome{document_of(result), json_of(result)};
  }

 private:
  Status write_report(const CompareResult& result) const {
    report::Document page = document_of(result);
    page.blocks.emplace_back(plot_of(result));
    const std::string text = report::render_html(page);
    return write_file(report_, std::as_bytes(std::span(text)));
  }

  ModelFlags model_;
  DataFlags data_;
  flows::CompareOptions options_;
  int64_t samples_ = 50, threads_ = 0;
  std::string report_;
};

}  // namespace

const CommandDef& command_compare() {
  static const CommandDef def{"compare",
                              "Find where two models part, layer by layer",
                              {"pestle compare net.onnx net_int8.tflite --data photos/ --preprocess imagenet",
                               "pestle compare float.tflite int8.tflite --data photos/ --report parts.html",
                               "pestle compare float.tflite int8.tflite --data samples.npz --samples 200 --json"},
                              [] { return std::unique_ptr<Command>(new CompareCommand()); }};
  return def;
}

}  // namespace pestle::cli
