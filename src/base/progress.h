// How long work tells that it goes on, and learns that it should stop.
#pragma once

#include <cstdint>
#include <string_view>

namespace pestle {

class ProgressSink {
 public:
  virtual ~ProgressSink() = default;
  // `done` of `total` units of a stage ("calibrating") are finished. Called from one thread.
  virtual void update(std::string_view stage, int64_t done, int64_t total) = 0;
  // A fact the user should know, one sentence ("2 of 100 samples did not decode and were skipped").
  virtual void note(std::string_view message) = 0;
  virtual bool cancelled() const { return false; }
};

// A sink that says nothing.
ProgressSink& no_progress();

}  // namespace pestle
