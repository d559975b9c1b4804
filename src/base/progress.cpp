#include "base/progress.h"

namespace pestle {
namespace {

class SilentSink final : public ProgressSink {
  void update(std::string_view, int64_t, int64_t) override {}
  void note(std::string_view) override {}
};

}  // namespace

ProgressSink& no_progress() {
  static SilentSink sink;
  return sink;
}

}  // namespace pestle
