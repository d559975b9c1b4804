#include "cli/progress.h"

#include <algorithm>
#include <chrono>

#include "cli/style.h"
#include "report/numbers.h"
#include "report/paint.h"
#include "report/width.h"

namespace pestle::cli {
namespace {

constexpr double kRedrawSeconds = 0.1;
// Before this a rate is mostly noise.
constexpr double kRateSeconds = 0.5;

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

ProgressOptions standard_progress() {
  ProgressOptions options;
  options.mode = is_terminal(stderr) ? ProgressMode::kLine : ProgressMode::kNotesOnly;
  options.text = text_options(stderr);
  return options;
}

TerminalProgress::TerminalProgress(const ProgressOptions& options) : options_(options) {
  if (!options_.seconds) options_.seconds = steady_seconds;
}

TerminalProgress::~TerminalProgress() { clear(); }

void TerminalProgress::update(std::string_view stage, int64_t done, int64_t total) {
  if (options_.mode != ProgressMode::kLine) return;
  const double now = options_.seconds();
  if (stage != stage_) {
    stage_ = stage;
    stage_start_ = now;
    stage_first_ = done;
  }
  if (now < next_draw_) return;
  const std::string text = progress_text({stage_, done, total, done - stage_first_, now - stage_start_});
  const report::Paint paint(options_.text);
  write("\r\033[K" + paint.dim(report::shorten_middle(text, options_.text.width - 1, paint.ellipsis())));
  line_shown_ = true;
  next_draw_ = now + kRedrawSeconds;
}

void TerminalProgress::note(std::string_view message) {
  if (options_.mode == ProgressMode::kSilent) return;
  clear();
  write(report::Paint(options_.text).bold("note: ") + report::printable(message) + "\n");
}

bool TerminalProgress::cancelled() const { return options_.cancel && options_.cancel->load(std::memory_order_relaxed); }

void TerminalProgress::clear() {
  if (line_shown_) write("\r\033[K");
  line_shown_ = false;
}

void TerminalProgress::write(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), options_.stream);
  std::fflush(options_.stream);
}

std::string progress_text(const ProgressState& state) {
  std::string text = report::printable(state.stage);
  const bool has_total = state.total > 0;
  const double fraction = has_total ? static_cast<double>(state.done) / static_cast<double>(state.total) : 0;
  if (has_total) text += "  " + report::format_number(std::clamp(fraction, 0.0, 1.0) * 100, 0) + "%";
  text += "  " + report::format_count(state.done);
  if (has_total) text += "/" + report::format_count(state.total);
  if (state.seconds < kRateSeconds || state.counted <= 0) return text;
  const double rate = static_cast<double>(state.counted) / state.seconds;
  text += "  " + report::format_number(rate, rate < 100 ? 1 : 0) + "/s";
  if (has_total && state.done < state.total) {
    text += "  " + report::format_duration(static_cast<double>(state.total - state.done) / rate) + " left";
  }
  return text;
}

}  // namespace pestle::cli
