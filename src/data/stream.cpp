#include "data/stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

namespace pestle::data {
namespace {

using Loaded = Result<std::vector<Tensor>>;

bool is_undecodable(const Error& error) {
  return error.code == ErrorCode::kInvalidFile || error.code == ErrorCode::kUnsupported || error.code == ErrorCode::kIo;
}

}  // namespace

// Position p of the list is decoded into slot p % ahead once position p - ahead has been delivered.
struct SampleStream::Impl {
  const DataSource& source;
  std::vector<size_t> indices;
  StreamOptions options;
  std::vector<std::optional<Loaded>> slots;
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::condition_variable slot_free;
  std::condition_variable slot_full;
  size_t taken = 0;      // positions that a thread has begun
  size_t delivered = 0;  // positions that next() has passed
  bool stopped = false;
  size_t skipped = 0;
  size_t given = 0;
  std::optional<Error> first_skip;

  Impl(const DataSource& from, std::vector<size_t> list, StreamOptions wanted)
      : source(from), indices(std::move(list)), options(std::move(wanted)) {
    options.ahead = std::max<size_t>(options.ahead, 1);
    slots.resize(options.ahead);
    const size_t count = std::min<size_t>(static_cast<size_t>(std::max(options.threads, 0)), indices.size());
    try {
      for (size_t i = 0; i < count; ++i) threads.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
      // The system gives no more threads: those that run do the work, without any next() does it.
    }
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex);
      stopped = true;
    }
    slot_free.notify_all();
    for (std::thread& thread : threads) thread.join();
  }

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      slot_free.wait(lock, [&] { return stopped || taken == indices.size() || taken < delivered + slots.size(); });
      if (stopped || taken == indices.size()) return;
      const size_t position = taken++;
      lock.unlock();
      Loaded loaded = source.load(indices[position]);
      lock.lock();
      slots[position % slots.size()] = std::move(loaded);
      slot_full.notify_one();
    }
  }

  Loaded take(size_t position) {
    if (threads.empty()) {
      ++delivered;
      return source.load(indices[position]);
    }
    std::unique_lock lock(mutex);
    auto& slot = slots[position % slots.size()];
    slot_full.wait(lock, [&] { return slot.has_value(); });
    Loaded loaded = std::move(*slot);
    slot.reset();
    ++delivered;
    slot_free.notify_one();
    return loaded;
  }

  Failure nothing_decoded() const {
    Error error = *first_skip;
    error.message = fmt::format("none of {} samples decodes; the first: {}", indices.size(), error.message);
    return Failure(std::move(error));
  }
};

SampleStream::SampleStream(const DataSource& source, std::vector<size_t> indices, StreamOptions options)
    : impl_(std::make_unique<Impl>(source, std::move(indices), std::move(options))) {}
SampleStream::~SampleStream() = default;

Result<std::optional<Sample>> SampleStream::next() {
  while (impl_->delivered < impl_->indices.size()) {
    if (impl_->options.cancelled && impl_->options.cancelled()) return fail(ErrorCode::kCancelled, "interrupted");
    const size_t index = impl_->indices[impl_->delivered];
    Loaded loaded = impl_->take(impl_->delivered);
    if (loaded) {
      ++impl_->given;
      return Sample{index, std::move(*loaded)};
    }
    if (impl_->options.strict || !is_undecodable(loaded.error())) {
      const std::lock_guard lock(impl_->mutex);
      impl_->stopped = true;
      return Failure(std::move(loaded).error());
    }
    if (impl_->skipped++ == 0) impl_->first_skip = std::move(loaded).error();
  }
  if (impl_->given == 0 && impl_->skipped > 0) return impl_->nothing_decoded();
  return std::optional<Sample>();
}

size_t SampleStream::skipped() const { return impl_->skipped; }
const std::optional<Error>& SampleStream::first_skip() const { return impl_->first_skip; }

}  // namespace pestle::data
