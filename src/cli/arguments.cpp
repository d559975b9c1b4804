#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "cli/command.h"
#include "cli/usage.h"

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

// What the parser hands over while it parses: the first value that is wrong.
struct Reading {
  std::optional<Error> wrong;

  void take(const Flag& flag, const std::string& text) {
    Status status = set_value(flag, text);
    if (!status && !wrong) wrong = std::move(status).error();
  }
};

// CLI11 reads a dash in front as a flag, a bare word as a positional argument.
CLI::Option* add_flag(CLI::App& app, const Flag& flag, Reading& reading) {
  CLI::Option* option = std::visit(
      [&](auto* target) -> CLI::Option* {
        using Target = std::remove_pointer_t<decltype(target)>;
        if constexpr (std::is_same_v<Target, bool>) {
          return app.add_flag(flag.name, *target, flag.help);
        } else if constexpr (std::is_same_v<Target, std::vector<std::string>>) {
          return app.add_option(flag.name, *target, flag.help);
        } else {
          return app.add_option_function<std::string>(
              flag.name, [&reading, flag](const std::string& text) { reading.take(flag, text); }, flag.help);
        }
      },
      flag.target);
  if (!flag.value_name.empty()) option->type_name(flag.value_name);
  if (std::holds_alternative<std::vector<std::string>*>(flag.target) && flag.name.starts_with("-"))
    option->expected(1)->take_all();
  option->required(flag.required);
  return option;
}

// "--check" where no value follows becomes "--check=-": what stands behind it is another argument's.
void fill_left_out_values(std::vector<std::string>& words, const std::vector<Flag>& flags) {
  for (size_t i = 0; i < words.size(); ++i) {
    for (const Flag& flag : flags) {
      if (flag.value_ending.empty() || words[i] != flag.name) continue;
      const bool follows = i + 1 < words.size() && words[i + 1].ends_with(flag.value_ending);
      if (!follows) words[i] += std::string("=") + kNoValue;
    }
  }
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

// A verb as the parser knows it.
struct Verb {
  CommandLine line;
  std::unique_ptr<Command> command;
  CLI::App* app = nullptr;
  std::vector<CLI::Option*> options;  // one a flag
};

Verb add_verb(CLI::App& app, const CommandDef& def, CommonFlags& common, Reading& reading) {
  Verb verb;
  verb.line.def = &def;
  verb.command = def.make();
  verb.line.flags = verb.command->flags();
  verb.line.flags.push_back(
      {"--json", "", "Print one JSON document on standard output, nothing else", &common.json});
  verb.line.flags.push_back({"--quiet", "", "No progress", &common.quiet});
  verb.app = app.add_subcommand(def.name, def.summary);
  verb.app->footer(examples_text(def));
  for (const Flag& flag : verb.line.flags) verb.options.push_back(add_flag(*verb.app, flag, reading));
  return verb;
}

// What the parser stumbled over. Words that nothing takes come first: a mistyped flag often leaves another one missing.
Error explain(const Verb& verb, const CLI::ParseError& error) {
  const std::vector<std::string> unexpected = verb.app->remaining();
  if (!unexpected.empty()) return unexpected_word(verb.line, unexpected[0]);
  for (size_t i = 0; i < verb.options.size(); ++i) {
    const Flag& flag = verb.line.flags[i];
    const bool is_list = std::holds_alternative<std::vector<std::string>*>(flag.target);
    if (!is_list && !flag.value_name.empty() && verb.options[i]->count() > 1) return given_twice(flag);
  }
  for (size_t i = 0; i < verb.options.size(); ++i) {
    if (verb.line.flags[i].required && verb.options[i]->count() == 0)
      return missing_argument(verb.line, verb.line.flags[i]);
  }
  return {ErrorCode::kInvalidArgument, error.what(), {}, {}};
}

Verb* find_verb(std::vector<Verb>& verbs, const std::vector<std::string>& words) {
  for (Verb& verb : verbs) {
    if (!words.empty() && words[0] == verb.line.def->name) return &verb;
  }
  return nullptr;
}

}  // namespace

Result<bool> parse_arguments(int argc, char** argv, Invocation& invocation) {
  CLI::App app("Pestle quantizes float networks into .tflite files, runs them and measures them.", "pestle");
  app.set_version_flag("--version", std::string("pestle ") + PESTLE_VERSION);
  app.formatter(std::make_shared<ExamplesFirst>());
  app.require_subcommand(1);
  Reading reading;
  std::vector<Verb> verbs;
  for (const CommandDef* def : commands()) verbs.push_back(add_verb(app, *def, invocation.common, reading));

  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  invocation.common.json = std::find(words.begin(), words.end(), "--json") != words.end();
  Verb* verb = find_verb(verbs, words);
  if (verb != nullptr) {
    invocation.def = verb->line.def;
    fill_left_out_values(words, verb->line.flags);
    PESTLE_TRY(check_values_follow(verb->line, words));
  }
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));  // CLI11 takes them from the back
  } catch (const CLI::Success& asked) {
    app.exit(asked, std::cout, std::cerr);
    return false;
  } catch (const CLI::ParseError& error) {
    return Failure(verb == nullptr ? wrong_verb(words) : explain(*verb, error));
  }
  if (reading.wrong) return Failure(std::move(*reading.wrong));
  if (verb == nullptr) return Failure(wrong_verb(words));
  invocation.command = std::move(verb->command);
  return true;
}

}  // namespace pestle::cli
