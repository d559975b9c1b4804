#include "flows/run.h"

#include <fmt/core.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/json_parts.h"
#include "cli/model_flags.h"

namespace pestle::cli {
namespace {

report::Document document_of(const flows::RunResult& result) {
  using namespace report;
  Document document;
  Table table{{{"output"},
               {"type"},
               {"shape"},
               {"min"},
               {"max"},
               {"mean"},
               {"largest (index: value)", "", Align::kAuto, Overflow::kWrap}},
              {},
              {}};
  for (const flows::OutputSummary& output : result.outputs) {
    std::vector<std::string> top;
    for (const flows::RankedValue& entry : output.top)
      top.push_back(fmt::format(
          "{}: {:.6g}", entry.class_name.empty() ? fmt::format("{}", entry.index) : entry.class_name, entry.value));
    const auto number = [](double value) { return text_cell(fmt::format("{:.6g}", value)); };
    table.rows.push_back(
        {{text_cell(output.name), text_cell(output.dtype), text_cell(to_string(output.shape)), number(output.least),
          number(output.most), number(output.mean), text_cell(join(top, ", "))}});
  }
  document.blocks.emplace_back(std::move(table));
  Facts facts;
  if (!result.output.empty()) facts.items.emplace_back("written", text_cell(result.output));
  facts.items.emplace_back("inference", milliseconds_cell(1e3 * result.seconds));
  document.blocks.emplace_back(std::move(facts));
  for (const flows::OutputSummary& output : result.outputs) {
    if (output.not_finite > 0)
      document.blocks.emplace_back(
          Note{NoteKind::kWarning, fmt::format("{} values of {} are not finite", output.not_finite, output.name)});
  }
  for (const std::string& note : result.notes) document.blocks.emplace_back(Note{NoteKind::kNote, note});
  return document;
}

Json json_of(const flows::RunResult& result) {
  Json outputs = Json::array();
  for (const flows::OutputSummary& output : result.outputs) {
    Json row = Json::object();
    row.set("name", output.name);
    row.set("dtype", output.dtype);
    row.set("shape", shape_json(output.shape));
    row.set("min", output.least);
    row.set("max", output.most);
    row.set("mean", output.mean);
    row.set("not_finite", output.not_finite);
    Json top = Json::array();
    for (const flows::RankedValue& entry : output.top) {
      Json item = Json::object();
      item.set("index", entry.index);
      item.set("value", entry.value);
      if (!entry.class_name.empty()) item.set("class", entry.class_name);
      top.push(item);
    }
    row.set("top", top);
    outputs.push(row);
  }
  Json json = Json::object();
  json.set("outputs", outputs);
  if (!result.output.empty()) json.set("output", result.output);
  json.set("inference_ms", 1e3 * result.seconds);
  json.set("notes", strings_json(result.notes));
  return json;
}

// "NAME:SHAPE".
bool is_shape_given(const std::string& text) {
  const size_t colon = text.rfind(':');
  return colon != std::string::npos && parse_shape(std::string_view(text).substr(colon + 1)).has_value();
}

class RunCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    std::vector<Flag> flags;
    model_.declare(flags);
    for (Flag& flag : flags) {
      if (flag.name != "--input") continue;
      flag.value_name = "NAME=FILE";
      flag.help = "Value of an input: .npy, .npz[:ARRAY], picture or sound; NAME:SHAPE fixes its shape";
    }
    flags.push_back({"--preprocess", "CHAIN", "What pixels become, as center=0.875,resize=224x224:bicubic,range=-1:1",
                     &options_.preprocess});
    flags.push_back({"--output", "FILE.npz", "Write every output under its name; .npy: the only one", &options_.output});
    flags.push_back({"--dequantize", "", "Add NAME_float32 for quantized outputs", &options_.dequantize});
    flags.push_back(threads_flag(&threads_));
    return flags;
  }

  Result<Outcome> run(ProgressSink& progress) override {
    std::erase_if(model_.shapes, [this](const std::string& text) {
      const size_t equal = text.find('=');
      if (equal == std::string::npos) {
        if (is_shape_given(text)) return false;
        options_.inputs.emplace_back("", text);  // whose value it is, is told once the model's inputs are known
        return true;
      }
      options_.inputs.emplace_back(text.substr(0, equal), text.substr(equal + 1));
      return true;
    });
    PESTLE_ASSIGN(options_.model, model_.understand());
    options_.threads = static_cast<int>(threads_);
    PESTLE_ASSIGN(const flows::RunResult result, flows::run(options_, progress));
    return Outcome{document_of(result), json_of(result)};
  }

 private:
  ModelFlags model_;
  flows::RunOptions options_;
  int64_t threads_ = 0;
};

}  // namespace

const CommandDef& command_run() {
  static const CommandDef def{"run",
                              "Compute a model's outputs once",
                              {"pestle run net.tflite --input image=cat.jpg --preprocess tf",
                               "pestle run net.onnx --input x=x.npy --output y.npz",
                               "pestle run net.tflite --input '#0=features.npz:test' --json"},
                              [] { return std::unique_ptr<Command>(new RunCommand()); }};
  return def;
}

}  // namespace pestle::cli
