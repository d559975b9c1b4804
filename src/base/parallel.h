// Work over threads. Ranges are cut statically and every piece computes its own outputs, so results do not
// depend on the number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace pestle {

class ThreadPool {
 public:
  explicit ThreadPool(int threads);  // at most one a physical core; 0: as many
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // One thread: the caller's. It holds nothing, so anybody may use it at any time.
  static ThreadPool& serial();

  int threads() const;
  // Calls body(i) for 0 <= i < count, on up to threads() threads; returns when all are done. Not reentrant.
  void parallel_for(int64_t count, const std::function<void(int64_t)>& body);
  // Calls body(begin, end) for pieces of [0, count) that are multiples of `grain` (but the last).
  void parallel_ranges(int64_t count, int64_t grain, const std::function<void(int64_t, int64_t)>& body);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pestle
