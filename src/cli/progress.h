// Progress on standard error: on a terminal one line that is redrawn at most ten times a second and leaves nothing
// behind, elsewhere only the notes, one line each.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <string>

#include "base/progress.h"
#include "report/text.h"

namespace pestle::cli {

enum class ProgressMode { kLine, kNotesOnly, kSilent };

struct ProgressOptions {
  std::FILE* stream = stderr;
  ProgressMode mode = ProgressMode::kNotesOnly;
  report::TextOptions text = {};
  const std::atomic<bool>* cancel = nullptr;  // set by the handler of an interrupt
  double (*seconds)() = nullptr;              // a monotonic clock; null: the system's
};

// Standard error as it is: a line on a terminal, notes elsewhere.
ProgressOptions standard_progress();

class TerminalProgress final : public ProgressSink {
 public:
  explicit TerminalProgress(const ProgressOptions& options);
  ~TerminalProgress() override;
  TerminalProgress(const TerminalProgress&) = delete;
  TerminalProgress& operator=(const TerminalProgress&) = delete;

  void update(std::string_view stage, int64_t done, int64_t total) override;
  void note(std::string_view message) override;
  bool cancelled() const override;
  // Takes the line away, before results are printed.
  void clear();

 private:
  void write(const std::string& text);

  ProgressOptions options_;
  std::string stage_;
  double stage_start_ = 0;
  int64_t stage_first_ = 0;  // `done` when the stage was first seen
  double next_draw_ = 0;
  bool line_shown_ = false;
};

struct ProgressState {
  std::string stage;
  int64_t done = 0;
  int64_t total = 0;    // 0 or less: unknown
  int64_t counted = 0;  // units finished in `seconds`; those before do not count for the rate
  double seconds = 0;
};
// "calibrating  37%  74/200  12.4/s  10.2 s left"
std::string progress_text(const ProgressState& state);

}  // namespace pestle::cli
