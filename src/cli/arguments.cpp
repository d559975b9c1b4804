#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "cli/command.h"

namespace pestle::cli {

#define PESTLE_ITEM(stem) const CommandDef& command_##stem();
#include "pestle_lists/commands.inc"
#undef PESTLE_ITEM

const std::vector<const CommandDef*>& commands() {
  static const std::vector<const CommandDef*> all = {
#define PESTLE_ITEM(stem) &command_##stem(),
#include "pestle_lists/commands.inc"
#undef PESTLE_ITEM
  };
  return all;
}

namespace {

// CLI11 reads a dash in front as a flag, a bare word as a positional argument.
void add_flag(CLI::App& app, const Flag& flag) {
  CLI::Option* option = std::visit(
      [&](auto* target) -> CLI::Option* {
        if constexpr (std::is_same_v<decltype(target), bool*>) {
          return app.add_flag(flag.name, *target, flag.help);
        } else {
          return app.add_option(flag.name, *target, flag.help);
        }
      },
      flag.target);
  if (!flag.value_name.empty()) option->type_name(flag.value_name);
  if (std::holds_alternative<std::vector<std::string>*>(flag.target) && flag.name.starts_with("-"))
    option->expected(1)->take_all();
  option->required(flag.required);
}

// "--check" where no value follows becomes "--check=-": what stands behind it is another argument's.
std::vector<std::string> with_left_out_values(int argc, char** argv, const std::vector<Flag>& flags) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  for (size_t i = 0; i < arguments.size(); ++i) {
    for (const Flag& flag : flags) {
      if (flag.value_ending.empty() || arguments[i] != flag.name) continue;
      const bool follows = i + 1 < arguments.size() && arguments[i + 1].ends_with(flag.value_ending);
      if (!follows) arguments[i] += std::string("=") + kNoValue;
    }
  }
  return arguments;
}

std::string examples_text(const CommandDef& def) {
  std::string text = "Examples:\n";
  for (const char* example : def.examples) text += std::string("  ") + example + "\n";
  return text;
}

// Help shows the examples before anything else.
class ExamplesFirst : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
    const std::string footer = app->get_footer();
    std::string help = CLI::Formatter::make_help(app, std::move(name), mode);
    const size_t at = footer.empty() ? std::string::npos : help.rfind(footer);
    if (at != std::string::npos) help.erase(at, footer.size());
    return footer.empty() ? help : footer + "\n" + help;
  }
};

}  // namespace

std::optional<Invocation> parse_arguments(int argc, char** argv, int& exit_code) {
  CLI::App app("Pestle quantizes float networks into .tflite files, runs them and measures them.", "pestle");
  app.set_version_flag("--version", std::string("pestle ") + PESTLE_VERSION);
  app.formatter(std::make_shared<ExamplesFirst>());
  app.require_subcommand(1);
  Invocation invocation;
  std::vector<std::pair<CLI::App*, std::unique_ptr<Command>>> made;
  std::vector<Flag> optional;
  for (const CommandDef* def : commands()) {
    CLI::App* sub = app.add_subcommand(def->name, def->summary);
    sub->footer(examples_text(*def));
    std::unique_ptr<Command> command = def->make();
    for (const Flag& flag : command->flags()) {
      add_flag(*sub, flag);
      if (!flag.value_ending.empty()) optional.push_back(flag);
    }
    sub->add_flag("--json", invocation.common.json, "Print one JSON document on standard output, nothing else");
    sub->add_flag("--quiet", invocation.common.quiet, "No progress");
    made.emplace_back(sub, std::move(command));
  }
  try {
    std::vector<std::string> arguments = with_left_out_values(argc, argv, optional);
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    constexpr int kUsage = 2;
    exit_code = app.exit(error, std::cout, std::cerr) == 0 ? 0 : kUsage;
    return std::nullopt;
  }
  for (size_t i = 0; i < made.size(); ++i) {
    if (!made[i].first->parsed()) continue;
    invocation.def = commands()[i];
    invocation.command = std::move(made[i].second);
  }
  return invocation;
}

}  // namespace pestle::cli
