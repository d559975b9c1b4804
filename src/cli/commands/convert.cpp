#include "flows/convert.h"

#include <fmt/core.h>

#include <limits>

#include "base/text.h"
#include "cli/command.h"
#include "cli/json_parts.h"
#include "cli/model_flags.h"

namespace pestle::cli {
namespace {

using flows::CheckResult;
using flows::ConvertResult;

void add_check(const CheckResult& check, report::Document& document) {
  using namespace report;
  Table table{{{"output"}, {"difference", "", Align::kRight}},
              {},
              fmt::format("checked against {}, {} samples", check.against, check.samples)};
  for (const flows::OutputDifference& output : check.outputs) {
    table.rows.push_back({{text_cell(output.name),
                           text_cell(output.compared ? fmt::format("{:.3g}", output.difference) : "not given")}});
  }
  document.blocks.emplace_back(std::move(table));
  document.blocks.emplace_back(
      Note{check.passed ? NoteKind::kNote : NoteKind::kWarning,
           fmt::format("the largest difference is {:.3g}, {} the tolerance {:g}{}", check.difference,
                       check.passed ? "within" : "above", check.tolerance,
                       check.passed ? "" : ", so nothing was written; --tolerance T allows more")});
}

report::Document document_of(const ConvertResult& result) {
  using namespace report;
  Document document;
  Facts facts;
  facts.items.emplace_back("written", text_cell(result.output.empty() ? "nothing" : result.output));
  facts.items.emplace_back("bytes before", bytes_cell(static_cast<int64_t>(result.source_bytes)));
  facts.items.emplace_back("bytes after", bytes_cell(static_cast<int64_t>(result.bytes)));
  facts.items.emplace_back("operators",
                           text_cell(fmt::format("{} before, {} after, {} of them integer", result.before.total,
                                                 result.operators.total, result.operators.integer)));
  if (!result.re_laid.empty()) facts.items.emplace_back("inputs now NHWC", text_cell(join(result.re_laid, ", ")));
  if (result.float16_folded > 0)
    facts.items.emplace_back("float16 constants made float32", count_cell(static_cast<int64_t>(result.float16_folded)));
  facts.items.emplace_back("seconds", number_cell(result.seconds, 2));
  document.blocks.emplace_back(std::move(facts));
  Table table{{{"operator"}, {"before"}, {"after"}}, {}, {}};
  for (const flows::OperatorChange& change : result.changes) {
    table.rows.push_back({{text_cell(change.name), count_cell(static_cast<int64_t>(change.before)),
                           count_cell(static_cast<int64_t>(change.after))}});
  }
  document.blocks.emplace_back(std::move(table));
  if (!result.transposes.empty()) {
    Table left{{{"TRANSPOSE left"}, {"reason", "", Align::kAuto, Overflow::kWrap}}, {}, {}};
    for (const flows::RemainingTranspose& transpose : result.transposes)
      left.rows.push_back({{text_cell(transpose.node), text_cell(transpose.reason)}});
    document.blocks.emplace_back(std::move(left));
  }
  if (result.check) add_check(*result.check, document);
  for (const std::string& note : result.notes) document.blocks.emplace_back(Note{NoteKind::kNote, note});
  return document;
}

Json check_json(const CheckResult& check) {
  Json json = Json::object();
  json.set("against", check.against);
  json.set("samples", check.samples);
  json.set("max_difference", check.difference);
  json.set("tolerance", check.tolerance);
  json.set("passed", check.passed);
  Json outputs = Json::array();
  for (const flows::OutputDifference& output : check.outputs) {
    Json row = Json::object();
    row.set("name", output.name);
    row.set("max_difference", output.compared ? Json(output.difference) : Json());
    outputs.push(row);
  }
  json.set("outputs", outputs);
  return json;
}

Json json_of(const ConvertResult& result) {
  Json operators = Json::object();
  operators.set("total", result.operators.total);
  operators.set("integer", result.operators.integer);
  operators.set("hybrid", result.operators.hybrid);
  operators.set("float", result.operators.floating);
  operators.set("transpose", result.operators.transpose);
  Json changes = Json::array();
  for (const flows::OperatorChange& change : result.changes) {
    Json row = Json::object();
    row.set("name", change.name);
    row.set("before", change.before);
    row.set("after", change.after);
    changes.push(row);
  }
  Json transposes = Json::array();
  for (const flows::RemainingTranspose& transpose : result.transposes) {
    Json row = Json::object();
    row.set("node", transpose.node);
    row.set("reason", transpose.reason);
    transposes.push(row);
  }
  Json json = Json::object();
  json.set("output", result.output.empty() ? Json() : Json(result.output));
  json.set("format", result.format);
  json.set("bytes_before", result.source_bytes);
  json.set("bytes", result.bytes);
  json.set("seconds", result.seconds);
  json.set("operators", operators);
  json.set("operators_before", result.before.total);
  json.set("operator_changes", changes);
  json.set("transposes", transposes);
  json.set("relaid_inputs", strings_json(result.re_laid));
  json.set("float16_folded", result.float16_folded);
  if (result.check) json.set("check", check_json(*result.check));
  json.set("notes", strings_json(result.notes));
  return json;
}

class ConvertCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    std::vector<Flag> flags;
    model_.declare(flags);
    flags.push_back({"-o,--output", "FILE", "The .tflite to write", &options_.output, true});
    flags.push_back({"--check", "[FILE.npz]",
                     "Compare with the graph as imported on random inputs, or with expected outputs", &check_, false,
                     ".npz"});
    flags.push_back({"--tolerance", "T", "Largest max|a-b| / max(1, max|b|) that passes (1e-4; quantized sources 0.05)",
                     &tolerance_});
    flags.push_back({"--samples", "N", "Random inputs to check (4)", &samples_});
    flags.push_back({"--seed", "N", "Of the random inputs (0)", &seed_});
    flags.push_back({"--threads", "N", "Threads (physical cores)", &threads_});
    return flags;
  }

  Result<Outcome> run(ProgressSink& progress) override {
    if (samples_ <= 0) return fail(ErrorCode::kInvalidArgument, "--samples must be positive");
    if (tolerance_ != kNotGiven && !(tolerance_ >= 0))
      return fail(ErrorCode::kInvalidArgument, "--tolerance must not be negative");
    if (tolerance_ != kNotGiven) checking_.tolerance = tolerance_;
    PESTLE_ASSIGN(options_.model, model_.understand());
    options_.threads = static_cast<int>(threads_);
    if (!check_.empty()) {
      if (check_ != kNoValue) checking_.golden = check_;
      checking_.samples = static_cast<size_t>(samples_);
      checking_.seed = static_cast<uint64_t>(seed_);
      options_.check = checking_;
    }
    PESTLE_ASSIGN(const ConvertResult result, flows::convert(options_, progress));
    return Outcome{document_of(result), json_of(result), !result.check || result.check->passed};
  }

 private:
  ModelFlags model_;
  flows::ConvertOptions options_;
  flows::CheckOptions checking_;
  std::string check_;
  static constexpr double kNotGiven = -std::numeric_limits<double>::infinity();
  double tolerance_ = kNotGiven;
  int64_t samples_ = 4, seed_ = 0, threads_ = 0;
};

}  // namespace

const CommandDef& command_convert() {
  static const CommandDef def{"convert",
                              "Write a model as .tflite with the same numbers",
                              {"pestle convert net.onnx -o net.tflite", "pestle convert net.onnx -o net.tflite --check",
                               "pestle convert net.onnx -o net.tflite --check expected.npz --json"},
                              [] { return std::unique_ptr<Command>(new ConvertCommand()); }};
  return def;
}

}  // namespace pestle::cli
