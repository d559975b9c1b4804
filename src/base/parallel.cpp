#include "base/parallel.h"

#include <pthreadpool.h>

#include <algorithm>

#include "base/cpu.h"

namespace pestle {

struct ThreadPool::Impl {
  pthreadpool_t pool = nullptr;
  int threads = 1;
};

ThreadPool::ThreadPool(int threads) : impl_(std::make_unique<Impl>()) {
  // Threads beyond the cores only wait for one another.
  impl_->threads = threads > 0 ? std::min(threads, physical_cores()) : physical_cores();
  if (impl_->threads > 1) impl_->pool = pthreadpool_create(static_cast<size_t>(impl_->threads));
}

ThreadPool::~ThreadPool() {
  if (impl_->pool != nullptr) pthreadpool_destroy(impl_->pool);
}

ThreadPool& ThreadPool::serial() {
  static ThreadPool pool(1);
  return pool;
}

int ThreadPool::threads() const { return impl_->threads; }

void ThreadPool::parallel_for(int64_t count, const std::function<void(int64_t)>& body) {
  if (impl_->pool == nullptr || count <= 1) {
    for (int64_t i = 0; i < count; ++i) body(i);
    return;
  }
  const auto call = [](void* context, size_t i) {
    (*static_cast<const std::function<void(int64_t)>*>(context))(static_cast<int64_t>(i));
  };
  pthreadpool_parallelize_1d(impl_->pool, call, const_cast<std::function<void(int64_t)>*>(&body),
                             static_cast<size_t>(count), 0);
}

void ThreadPool::parallel_ranges(int64_t count, int64_t grain, const std::function<void(int64_t, int64_t)>& body) {
  if (count <= 0) return;
  // Four pieces a thread: enough to even out a core that runs slower for a moment.
  const int64_t pieces = impl_->threads == 1 ? 1 : impl_->threads * 4;
  const int64_t units = (count + grain - 1) / grain;
  const int64_t step = (units + pieces - 1) / pieces * grain;
  parallel_for((count + step - 1) / step,
               [&](int64_t piece) { body(piece * step, std::min(count, (piece + 1) * step)); });
}

}  // namespace pestle
