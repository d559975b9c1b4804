#include "flows/inspect.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "cli/command.h"
#include "cli/json_parts.h"
#include "cli/model_flags.h"

namespace pestle::cli {
namespace {

using flows::InspectResult;
using flows::TensorInfo;

std::string quantization_text(const std::optional<flows::QuantizationInfo>& q) {
  if (!q) return "";
  if (q->blockwise) return "blockwise";
  if (q->scales > 1) return fmt::format("{} scales along axis {}", q->scales, q->axis);
  return fmt::format("scale {}, zero point {}", q->scale, q->zero_point);
}

std::string classes_text(const std::vector<std::string>& names) {
  constexpr size_t kShown = 4;
  const std::vector<std::string> first(names.begin(),
                                       names.begin() + static_cast<long>(std::min(kShown, names.size())));
  return fmt::format("{}: {}{}", names.size(), join(first, ", "), names.size() > kShown ? ", ..." : "");
}

std::string operators_text(const flows::OperatorCounts& counts) {
  return fmt::format("{}, {} of them integer{}", counts.total, counts.integer,
                     counts.hybrid > 0 ? fmt::format(", {} hybrid", counts.hybrid) : "");
}

report::Facts facts_of(const InspectResult& result) {
  using namespace report;
  Facts facts;
  facts.items.emplace_back("file", text_cell(result.path));
  facts.items.emplace_back("format", text_cell(result.format));
  if (!result.description.empty()) facts.items.emplace_back("description", text_cell(result.description));
  facts.items.emplace_back("size", bytes_cell(static_cast<int64_t>(result.bytes)));
  for (const flows::WeightBytes& entry : result.weights) {
    facts.items.emplace_back(
        fmt::format("{} constants", entry.dtype),
        text_cell(fmt::format("{} bytes in {} tensors", cell_text(count_cell(static_cast<int64_t>(entry.bytes))),
                              entry.tensors)));
  }
  if (result.graphs > 1) facts.items.emplace_back("graphs", count_cell(static_cast<int64_t>(result.graphs)));
  facts.items.emplace_back("operators", text_cell(operators_text(result.operators)));
  if (!result.refusal) facts.items.emplace_back("multiply-accumulates", count_cell(result.macs));
  if (!result.refusal) facts.items.emplace_back("numbers", text_cell(result.storage));
  if (!result.class_names.empty()) facts.items.emplace_back("classes", text_cell(classes_text(result.class_names)));
  for (const auto& [name, bytes] : result.metadata)
    facts.items.emplace_back("metadata " + name, bytes_cell(static_cast<int64_t>(bytes)));
  return facts;
}

report::Table io_table(const InspectResult& result) {
  using namespace report;
  Table table{{{""}, {"name"}, {"type"}, {"shape"}, {"quantization", "", Align::kAuto, Overflow::kWrap}}, {}, {}};
  const auto add = [&table](const char* what, const std::vector<TensorInfo>& tensors) {
    for (size_t i = 0; i < tensors.size(); ++i) {
      table.rows.push_back(
          {{text_cell(fmt::format("{} #{}", what, i)), text_cell(tensors[i].name), text_cell(tensors[i].dtype),
            text_cell(to_string(tensors[i].shape)), text_cell(quantization_text(tensors[i].quantization))}});
    }
  };
  add("input", result.inputs);
  add("output", result.outputs);
  return table;
}

report::Table operator_table(const InspectResult& result) {
  using namespace report;
  Table table{{{"operator"}, {"count"}, {"integer"}, {"MACs"}, {"weights", "bytes"}}, {}, {}};
  for (const flows::OperatorUse& use : result.uses) {
    table.rows.push_back(
        {{text_cell(use.is_custom ? use.name + " (custom)" : use.name), count_cell(static_cast<int64_t>(use.count)),
          count_cell(static_cast<int64_t>(use.integer)), use.macs > 0 ? count_cell(use.macs) : empty_cell(),
          count_cell(static_cast<int64_t>(use.weight_bytes))}});
  }
  return table;
}

report::Table tensor_table(const InspectResult& result) {
  using namespace report;
  Table table{{{"tensor", "", Align::kRight},
               {"name"},
               {"kind"},
               {"type"},
               {"shape"},
               {"bytes"},
               {"quantization", "", Align::kAuto, Overflow::kWrap}},
              {},
              {}};
  for (const TensorInfo& tensor : result.tensors) {
    table.rows.push_back({{text_cell(fmt::format("{}:{}", tensor.graph, tensor.index)), text_cell(tensor.name),
                           text_cell(tensor.kind), text_cell(tensor.dtype), text_cell(to_string(tensor.shape)),
                           tensor.bytes > 0 ? count_cell(static_cast<int64_t>(tensor.bytes)) : empty_cell(),
                           text_cell(quantization_text(tensor.quantization))}});
  }
  return table;
}

report::Table node_table(const InspectResult& result) {
  using namespace report;
  Table table{{{"node", "", Align::kRight},
               {"operator"},
               {"inputs", "", Align::kAuto, Overflow::kWrap},
               {"outputs", "", Align::kAuto, Overflow::kWrap},
               {"source nodes", "", Align::kAuto, Overflow::kWrap}},
              {},
              {}};
  for (const flows::NodeInfo& node : result.nodes) {
    table.rows.push_back({{text_cell(fmt::format("{}:{}", node.graph, node.index)), text_cell(node.op),
                           text_cell(join(node.inputs, ", ")), text_cell(join(node.outputs, ", ")),
                           text_cell(join(node.sources, ", "))}});
  }
  return table;
}

// A refusal lists its reasons on lines of their own.
void add_refusal(const Error& refusal, report::Document& document) {
  using namespace report;
  const std::vector<std::string> lines = split(describe(refusal), '\n');
  document.blocks.emplace_back(Note{NoteKind::kWarning, "it would not convert: " + lines[0]});
  for (size_t i = 1; i < lines.size(); ++i) document.blocks.emplace_back(Note{NoteKind::kNote, lines[i]});
  if (!refusal.hint.empty()) document.blocks.emplace_back(Note{NoteKind::kNote, "hint: " + refusal.hint});
}

report::Document document_of(const InspectResult& result) {
  using namespace report;
  Document document;
  document.blocks.emplace_back(facts_of(result));
  document.blocks.emplace_back(io_table(result));
  if (!result.signatures.empty()) {
    Table table{
        {{"signature"}, {"inputs", "", Align::kAuto, Overflow::kWrap}, {"outputs", "", Align::kAuto, Overflow::kWrap}},
        {},
        {}};
    const auto names = [](const std::vector<flows::SignatureInfo::Entry>& entries) {
      std::vector<std::string> texts;
      for (const auto& entry : entries)
        texts.push_back(entry.name == entry.tensor ? entry.name : entry.name + " = " + entry.tensor);
      return join(texts, ", ");
    };
    for (const flows::SignatureInfo& signature : result.signatures)
      table.rows.push_back(
          {{text_cell(signature.key), text_cell(names(signature.inputs)), text_cell(names(signature.outputs))}});
    document.blocks.emplace_back(std::move(table));
  }
  document.blocks.emplace_back(operator_table(result));
  if (!result.tensors.empty()) document.blocks.emplace_back(tensor_table(result));
  if (!result.nodes.empty()) document.blocks.emplace_back(node_table(result));
  for (const std::string& warning : result.warnings) document.blocks.emplace_back(Note{NoteKind::kWarning, warning});
  if (result.refusal) add_refusal(*result.refusal, document);
  return document;
}

Json tensor_json(const TensorInfo& tensor) {
  Json json = Json::object();
  json.set("name", tensor.name);
  json.set("dtype", tensor.dtype);
  json.set("shape", shape_json(tensor.shape));
  Json axes = Json::array();
  for (int axis : tensor.free_axes) axes.push(axis);
  json.set("free_axes", axes);
  if (tensor.quantization) {
    Json q = Json::object();
    q.set("scales", tensor.quantization->scales);
    q.set("scale", tensor.quantization->scale);
    q.set("zero_point", tensor.quantization->zero_point);
    q.set("axis", tensor.quantization->axis);
    q.set("blockwise", tensor.quantization->blockwise);
    json.set("quantization", q);
  }
  return json;
}

Json tensors_json(const std::vector<TensorInfo>& tensors, bool places) {
  Json json = Json::array();
  for (const TensorInfo& tensor : tensors) {
    Json row = tensor_json(tensor);
    if (places) {
      row.set("graph", tensor.graph);
      row.set("index", tensor.index);
      row.set("kind", tensor.kind);
      row.set("bytes", tensor.bytes);
    }
    json.push(std::move(row));
  }
  return json;
}

Json signatures_json(const InspectResult& result) {
  const auto entries = [](const std::vector<flows::SignatureInfo::Entry>& list) {
    Json json = Json::array();
    for (const auto& entry : list) {
      Json row = Json::object();
      row.set("name", entry.name);
      row.set("tensor", entry.tensor);
      json.push(row);
    }
    return json;
  };
  Json json = Json::array();
  for (const flows::SignatureInfo& signature : result.signatures) {
    Json row = Json::object();
    row.set("key", signature.key);
    row.set("graph", signature.graph);
    row.set("inputs", entries(signature.inputs));
    row.set("outputs", entries(signature.outputs));
    json.push(row);
  }
  return json;
}

Json operators_json(const InspectResult& result) {
  Json json = Json::array();
  for (const flows::OperatorUse& use : result.uses) {
    Json row = Json::object();
    row.set("name", use.name);
    row.set("custom", use.is_custom);
    row.set("known", use.is_known);
    row.set("count", use.count);
    row.set("integer", use.integer);
    row.set("hybrid", use.hybrid);
    row.set("macs", use.macs);
    row.set("weight_bytes", use.weight_bytes);
    json.push(row);
  }
  return json;
}

Json nodes_json(const InspectResult& result) {
  Json json = Json::array();
  for (const flows::NodeInfo& node : result.nodes) {
    Json row = Json::object();
    row.set("graph", node.graph);
    row.set("index", node.index);
    row.set("operator", node.op);
    row.set("version", node.version);
    row.set("inputs", strings_json(node.inputs));
    row.set("outputs", strings_json(node.outputs));
    row.set("sources", strings_json(node.sources));
    row.set("macs", node.macs);
    json.push(row);
  }
  return json;
}

Json json_of(const InspectResult& result) {
  Json json = Json::object();
  json.set("format", result.format);
  json.set("description", result.description);
  json.set("bytes", result.bytes);
  json.set("graphs", result.graphs);
  json.set("inputs", tensors_json(result.inputs, false));
  json.set("outputs", tensors_json(result.outputs, false));
  json.set("signatures", signatures_json(result));
  json.set("operators", operators_json(result));
  json.set("operator_count", result.operators.total);
  json.set("integer_operators", result.operators.integer);
  json.set("hybrid_operators", result.operators.hybrid);
  json.set("macs", result.macs);
  json.set("storage", result.storage);
  Json weights = Json::array();
  for (const flows::WeightBytes& entry : result.weights) {
    Json row = Json::object();
    row.set("dtype", entry.dtype);
    row.set("tensors", entry.tensors);
    row.set("bytes", entry.bytes);
    weights.push(row);
  }
  json.set("weights", weights);
  Json metadata = Json::array();
  for (const auto& [name, bytes] : result.metadata) {
    Json row = Json::object();
    row.set("name", name);
    row.set("bytes", bytes);
    metadata.push(row);
  }
  json.set("metadata", metadata);
  json.set("class_names", strings_json(result.class_names));
  json.set("warnings", strings_json(result.warnings));
  json.set("convertible", !result.refusal.has_value());
  if (result.refusal) {
    Json refusal = Json::object();
    refusal.set("message", describe(*result.refusal));
    refusal.set("hint", result.refusal->hint);
    json.set("refusal", std::move(refusal));
  }
  if (!result.tensors.empty()) json.set("tensors", tensors_json(result.tensors, true));
  if (!result.nodes.empty()) json.set("nodes", nodes_json(result));
  if (!result.text.empty()) json.set("text", result.text);
  return json;
}

class InspectCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    std::vector<Flag> flags;
    model_.declare(flags);
    flags.push_back({"--tensors", "", "List every tensor", &options_.tensors});
    flags.push_back({"--nodes", "", "List every node with the source nodes that it computes", &options_.nodes});
    flags.push_back({"--text", "", "Print the whole model in text form, nothing else", &options_.text});
    return flags;
  }

  Result<Outcome> run(ProgressSink&) override {
    PESTLE_ASSIGN(options_.model, model_.understand());
    PESTLE_ASSIGN(InspectResult result, flows::inspect(options_));
    Outcome outcome{document_of(result), json_of(result)};
    outcome.text = std::move(result.text);
    return outcome;
  }

 private:
  ModelFlags model_;
  flows::InspectOptions options_;
};

}  // namespace

const CommandDef& command_inspect() {
  static const CommandDef def{
      "inspect",
      "Say what a model file holds",
      {"pestle inspect net.tflite", "pestle inspect net.onnx --nodes", "pestle inspect net.tflite --text > net.txt"},
      [] { return std::unique_ptr<Command>(new InspectCommand()); }};
  return def;
}

}  // namespace pestle::cli
