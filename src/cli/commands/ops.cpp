#include <fmt/core.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/json_parts.h"
#include "flows/operators.h"

namespace pestle::cli {
namespace {

using flows::OperatorInfo;

std::vector<std::string> row_names(const OperatorInfo& info) {
  std::vector<std::string> names;
  for (const flows::TypeCombination& row : info.types) names.push_back(row.name);
  return names;
}

std::string versions(const OperatorInfo& info) {
  return info.newest_version == 1 ? "1" : fmt::format("1 to {}", info.newest_version);
}

report::Document table_of(const std::vector<OperatorInfo>& operators) {
  using namespace report;
  Table table{{{"operator"},
               {"types", "", Align::kAuto, Overflow::kWrap},
               {"modes", "", Align::kAuto, Overflow::kWrap},
               {"versions"}},
              {},
              {}};
  for (const OperatorInfo& info : operators) {
    table.rows.push_back({{text_cell(info.name), text_cell(join(row_names(info), ", ")),
                           text_cell(join(info.modes, ", ")), text_cell(versions(info))}});
  }
  Document document;
  document.blocks.emplace_back(std::move(table));
  document.blocks.emplace_back(
      Note{NoteKind::kNote, fmt::format("{} operators; pestle ops NAME shows one of them whole", operators.size())});
  return document;
}

report::Table operand_table(const OperatorInfo& info) {
  using namespace report;
  Table table{{{"operand"}, {"name"}, {"kind"}, {"in integers", "", Align::kAuto, Overflow::kWrap}}, {}, {}};
  const auto add = [&table](const char* what, const std::vector<flows::OperandInfo>& operands) {
    for (size_t i = 0; i < operands.size(); ++i) {
      table.rows.push_back({{text_cell(fmt::format("{} {}", what, i)), text_cell(operands[i].name),
                             text_cell(operands[i].kind), text_cell(operands[i].quantization)}});
    }
  };
  add("input", info.inputs);
  add("output", info.outputs);
  return table;
}

report::Document page_of(const OperatorInfo& info) {
  using namespace report;
  Document document;
  document.blocks.emplace_back(Heading{info.name});
  document.blocks.emplace_back(Paragraph{info.summary});
  document.blocks.emplace_back(operand_table(info));
  if (!info.options.empty()) {
    Table table{{{"option"}, {"kind"}, {"default"}}, {}, {}};
    for (const flows::OptionRow& option : info.options)
      table.rows.push_back({{text_cell(option.name), text_cell(option.kind), text_cell(option.fallback)}});
    document.blocks.emplace_back(std::move(table));
  }
  Table types{{{"types"},
               {"inputs", "", Align::kAuto, Overflow::kWrap},
               {"outputs", "", Align::kAuto, Overflow::kWrap},
               {"version", "", Align::kRight}},
              {},
              {}};
  for (const flows::TypeCombination& row : info.types) {
    types.rows.push_back({{text_cell(row.name), text_cell(join(row.inputs, ", ")), text_cell(join(row.outputs, ", ")),
                           count_cell(row.version)}});
  }
  document.blocks.emplace_back(std::move(types));
  Facts facts;
  facts.items.emplace_back("builtin code", text_cell(std::to_string(info.code)));
  facts.items.emplace_back("options record", text_cell(info.options_record.empty() ? "none" : info.options_record));
  facts.items.emplace_back("modes", text_cell(join(info.modes, ", ")));
  if (!info.dynamic_range.empty()) facts.items.emplace_back("dynamic range", text_cell(info.dynamic_range));
  facts.items.emplace_back("layout", text_cell(info.layout));
  if (!info.traits.empty()) facts.items.emplace_back("traits", text_cell(join(info.traits, ", ")));
  document.blocks.emplace_back(std::move(facts));
  return document;
}

Json operands_json(const std::vector<flows::OperandInfo>& operands) {
  Json json = Json::array();
  for (const flows::OperandInfo& operand : operands) {
    Json row = Json::object();
    row.set("name", operand.name);
    row.set("kind", operand.kind);
    row.set("quantization", operand.quantization);
    json.push(row);
  }
  return json;
}

Json json_of(const OperatorInfo& info) {
  Json json = Json::object();
  json.set("name", info.name);
  json.set("code", info.code);
  json.set("summary", info.summary);
  json.set("options_record", info.options_record);
  json.set("inputs", operands_json(info.inputs));
  json.set("outputs", operands_json(info.outputs));
  Json options = Json::array();
  for (const flows::OptionRow& option : info.options) {
    Json row = Json::object();
    row.set("name", option.name);
    row.set("kind", option.kind);
    row.set("default", option.fallback);
    options.push(row);
  }
  json.set("options", options);
  Json types = Json::array();
  for (const flows::TypeCombination& combination : info.types) {
    Json row = Json::object();
    row.set("name", combination.name);
    row.set("inputs", strings_json(combination.inputs));
    row.set("outputs", strings_json(combination.outputs));
    row.set("version", combination.version);
    types.push(row);
  }
  json.set("types", types);
  json.set("modes", strings_json(info.modes));
  json.set("dynamic_range", info.dynamic_range);
  json.set("layout", info.layout);
  json.set("traits", strings_json(info.traits));
  return json;
}

class OpsCommand final : public Command {
 public:
  std::vector<Flag> flags() override { return {{"name", "NAME", "Show this operator whole", &name_}}; }

  Result<Outcome> run(ProgressSink&) override {
    std::vector<OperatorInfo> operators;
    Outcome outcome;
    if (name_.empty()) {
      operators = flows::operators();
      outcome.document = table_of(operators);
    } else {
      PESTLE_ASSIGN(OperatorInfo info, flows::find_operator(name_));
      outcome.document = page_of(info);
      operators.push_back(std::move(info));
    }
    Json rows = Json::array();
    for (const OperatorInfo& info : operators) rows.push(json_of(info));
    outcome.json.set("operators", rows);
    return outcome;
  }

 private:
  std::string name_;
};

}  // namespace

const CommandDef& command_ops() {
  static const CommandDef def{"ops",
                              "List the operators: types, modes, versions",
                              {"pestle ops", "pestle ops CONV_2D", "pestle ops --json"},
                              [] { return std::unique_ptr<Command>(new OpsCommand()); }};
  return def;
}

}  // namespace pestle::cli
