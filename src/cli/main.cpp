// The program: reads the command line, runs one command, prints what it says.
// Exit codes: 0 done, 1 the job could not be done, 2 wrong usage, 130 interrupted.
#include <fmt/core.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>

#include "base/text.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/style.h"
#include "report/text.h"
#include "report/width.h"

namespace {

using namespace pestle;

constexpr int kDone = 0, kFailed = 1, kUsage = 2, kInterrupted = 130;

std::atomic<bool> interrupted{false};

void on_interrupt(int) { interrupted = true; }

int exit_code_of(const Error& error) {
  if (error.code == ErrorCode::kCancelled) return kInterrupted;
  return error.code == ErrorCode::kInvalidArgument ? kUsage : kFailed;
}

// Messages hold names from files: each line is made safe for a terminal.
void print_lines(const char* label, const std::string& text) {
  std::string safe;
  for (const std::string& line : split(text, '\n')) safe += (safe.empty() ? "" : "\n") + report::printable(line);
  fmt::print(stderr, "{}: {}\n", label, safe);
}

int report_error(const Error& error, const cli::Invocation& invocation) {
  print_lines("error", describe(error));
  if (!error.hint.empty()) print_lines("hint", error.hint);
  if (invocation.common.json) {
    Json inner = Json::object();
    inner.set("code", error_code_name(error.code));
    inner.set("message", error.message);
    inner.set("hint", error.hint);
    inner.set("where", error.where);
    Json json = Json::object();
    json.set("pestle", PESTLE_VERSION);
    json.set("command", invocation.def->name);
    json.set("ok", false);
    json.set("error", inner);
    fmt::print("{}", print_json(json, JsonStyle::kIndented));
  }
  return exit_code_of(error);
}

void print_outcome(const cli::Outcome& outcome, const cli::Invocation& invocation) {
  if (!invocation.common.json) {
    fmt::print("{}",
               outcome.text.empty() ? report::render_text(outcome.document, cli::text_options(stdout)) : outcome.text);
    return;
  }
  Json json = Json::object();
  json.set("pestle", PESTLE_VERSION);
  json.set("command", invocation.def->name);
  json.set("ok", outcome.ok);
  if (const Json::Object* members = outcome.json.as_object()) {
    for (const Json::Member& member : *members) json.append(member.key, member.value);
  }
  fmt::print("{}", print_json(json, JsonStyle::kIndented));
}

int run(int argc, char** argv) {
  int exit_code = kDone;
  auto invocation = cli::parse_arguments(argc, argv, exit_code);
  if (!invocation) return exit_code;
  std::signal(SIGINT, on_interrupt);
  cli::ProgressOptions options = cli::standard_progress();
  if (invocation->common.quiet) options.mode = cli::ProgressMode::kSilent;
  options.cancel = &interrupted;
  cli::TerminalProgress progress(options);
  const auto outcome = invocation->command->run(progress);
  progress.clear();
  if (!outcome) return report_error(outcome.error(), *invocation);
  print_outcome(*outcome, *invocation);
  return outcome->ok ? kDone : kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fputs("error: out of memory\n", stderr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: internal: %s\n", error.what());
  }
  return kFailed;
}
