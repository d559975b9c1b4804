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
#include "cli/flag_words.h"
#include "cli/progress.h"
#include "cli/style.h"
#include "report/text.h"
#include "report/width.h"

namespace {

using namespace pestle;

constexpr int kDone = 0, kFailed = 1, kUsage = 2, kInterrupted = 130;

std::atomic<bool> interrupted{false};

// The first signal asks the flow to stop, which it does between samples; the second one ends the process.
void on_interrupt(int signal) {
  if (interrupted.exchange(true)) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}

bool is_usage(const Error& error) { return error.code == ErrorCode::kInvalidArgument; }

int exit_code_of(const Error& error) {
  if (error.code == ErrorCode::kCancelled) return kInterrupted;
  return is_usage(error) ? kUsage : kFailed;
}

// Messages hold names from files: each line is made safe for a terminal.
void print_lines(const char* label, const std::string& text) {
  std::string safe;
  for (const std::string& line : split(text, '\n')) safe += (safe.empty() ? "" : "\n") + report::printable(line);
  fmt::print(stderr, "{}: {}\n", label, safe);
}

// Wrong usage always has a way out, if only the list of flags.
std::string hint_of(const Error& error, const cli::CommandDef* def) {
  if (!error.hint.empty() || !is_usage(error)) return error.hint;
  return fmt::format("pestle {}--help shows what there is", def == nullptr ? "" : std::string(def->name) + " ");
}

int report_error(const Error& found, const cli::Invocation& invocation) {
  const Error error = invocation.command == nullptr ? found : cli::in_flags(found, invocation.command->flags());
  const std::string hint = hint_of(error, invocation.def);
  print_lines("error", describe(error));
  if (!hint.empty()) print_lines("hint", hint);
  if (invocation.common.json) {
    Json inner = Json::object();
    inner.set("code", error_code_name(error.code));
    inner.set("message", error.message);
    inner.set("hint", hint);
    inner.set("where", error.where);
    Json json = Json::object();
    json.set("pestle", PESTLE_VERSION);
    json.set("command", invocation.def == nullptr ? Json() : Json(invocation.def->name));
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

int run(int argc, char** argv, cli::Invocation& invocation) {
  const auto wanted = cli::parse_arguments(argc, argv, invocation);
  if (!wanted) return report_error(wanted.error(), invocation);
  if (!*wanted) return kDone;
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  cli::ProgressOptions options = cli::standard_progress();
  if (invocation.common.quiet) options.mode = cli::ProgressMode::kSilent;
  options.cancel = &interrupted;
  cli::TerminalProgress progress(options);
  const auto outcome = invocation.command->run(progress);
  progress.clear();
  if (!outcome) return report_error(outcome.error(), invocation);
  print_outcome(*outcome, invocation);
  return outcome->ok ? kDone : kFailed;
}

// What was printed may still be in a buffer: a full disk shows only when it leaves it.
int flushed(int code, const cli::Invocation& invocation) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  const int written = report_error({ErrorCode::kIo, "standard output cannot be written", {}, {}}, invocation);
  return code == kDone ? written : code;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGXFSZ, SIG_IGN);  // a file that grows beyond its limit is an error of the write, not of the process
  cli::Invocation invocation;
  try {
    return flushed(run(argc, argv, invocation), invocation);
  } catch (const std::bad_alloc&) {
    return report_error({ErrorCode::kIo, "out of memory", {}, {}}, invocation);
  } catch (const std::exception& error) {
    return report_error({ErrorCode::kInternal, fmt::format("internal: {}", error.what()), {}, {}}, invocation);
  }
}
