#include "cli/progress.h"

#include <doctest/doctest.h>

namespace cli = pestle::cli;

namespace {

double fake_now = 0;
double fake_clock() { return fake_now; }

// Runs `work` on a sink over a temporary file and returns what it wrote.
template <typename Work>
std::string written(cli::ProgressMode mode, Work work) {
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  fake_now = 100;
  {
    cli::TerminalProgress progress({.stream = file, .mode = mode, .text = {.width = 40}, .seconds = fake_clock});
    work(progress);
  }
  std::string text(static_cast<size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  CHECK(std::fread(text.data(), 1, text.size(), file) == text.size());
  std::fclose(file);
  return text;
}

}  // namespace

TEST_CASE("a progress line tells stage, share, rate and time left") {
  CHECK(cli::progress_text({"calibrating", 74, 200, 74, 5.92}) == "calibrating  37%  74/200  12.5/s  10.1 s left");
  CHECK(cli::progress_text({"calibrating", 0, 200, 0, 0}) == "calibrating  0%  0/200");
  CHECK(cli::progress_text({"reading", 1500, 0, 1500, 1}) == "reading  1,500  1,500/s");
  CHECK(cli::progress_text({"done", 5, 5, 5, 1}) == "done  100%  5/5  5.0/s");
}

TEST_CASE("the line is redrawn at most ten times a second and leaves nothing behind") {
  const std::string text = written(cli::ProgressMode::kLine, [](cli::TerminalProgress& progress) {
    for (int i = 0; i < 1000; ++i) {
      progress.update("work", i, 1000);
      fake_now += 0.001;
    }
  });
  size_t draws = 0;
  for (size_t at = text.find("work"); at != std::string::npos; at = text.find("work", at + 1)) ++draws;
  CHECK(draws >= 9);
  CHECK(draws <= 11);
  CHECK(text.ends_with("\r\033[K"));
}

TEST_CASE("stages that change faster than the eye are not all drawn") {
  const std::string text = written(cli::ProgressMode::kLine, [](cli::TerminalProgress& progress) {
    for (int i = 0; i < 100; ++i) progress.update("stage" + std::to_string(i), 0, 1);
  });
  CHECK(text == "\r\033[Kstage0  0%  0/1\r\033[K");
}

TEST_CASE("a note takes the line away and is one harmless line") {
  const std::string text = written(cli::ProgressMode::kLine, [](cli::TerminalProgress& progress) {
    progress.update("work", 1, 2);
    progress.note("skipped \033[2J\nx");
  });
  CHECK(text == "\r\033[Kwork  50%  1/2\r\033[Knote: skipped \xEF\xBF\xBD[2J x\n");
}

TEST_CASE("away from a terminal only notes are written, and nothing when silent") {
  const auto work = [](cli::TerminalProgress& progress) {
    progress.update("work", 1, 2);
    progress.note("fact");
  };
  CHECK(written(cli::ProgressMode::kNotesOnly, work) == "note: fact\n");
  CHECK(written(cli::ProgressMode::kSilent, work).empty());
}

TEST_CASE("an interrupt is passed on") {
  std::atomic<bool> stop = false;
  const cli::TerminalProgress progress({.cancel = &stop});
  CHECK_FALSE(progress.cancelled());
  stop = true;
  CHECK(progress.cancelled());
}
