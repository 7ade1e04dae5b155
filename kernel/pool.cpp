#include "pool.hpp"

#include <chrono>
#include <system_error>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace undertone {

static inline void pauseBriefly() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Longer than the gap between the two phases of a training step, far shorter than a time slice.
static constexpr std::chrono::microseconds spinTime(30);

// Whether `ready` came true while spinning.
template <typename Ready>
static bool spinUntil(const Ready& ready) {
  const auto end = std::chrono::steady_clock::now() + spinTime;
  do {
    for (int i = 0; i < 32; i++) {
      if (ready()) return true;
      pauseBriefly();
    }
  } while (std::chrono::steady_clock::now() < end);
  return ready();
}

Pool::Pool(int threads) {
  workers_.reserve(threads - 1);
  try {
    for (int i = 1; i < threads; i++) workers_.emplace_back([this, i] { work(i); });
  } catch (const std::system_error&) {
    // Fewer threads do the same work.
  }
}

Pool::~Pool() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closing_ = true;
  }
  jobPosted_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void Pool::claimTasks(int worker) {
  uint64_t seen = ticket_.load();
  while ((uint32_t)seen != 0) {
    // Read before the claim; a successful claim proves that the job had not changed meanwhile.
    const int count = count_.load(std::memory_order_relaxed);
    const Task task = task_.load(std::memory_order_relaxed);
    void* context = context_.load(std::memory_order_relaxed);
    if (!ticket_.compare_exchange_weak(seen, seen - 1)) continue;
    task(context, count - (int)(uint32_t)seen, worker);
    if (unfinished_.fetch_sub(1) == 1 && worker != 0 && callerSleeps_.load()) {
      { std::lock_guard<std::mutex> lock(mutex_); }
      jobDone_.notify_one();
    }
    seen = ticket_.load();
  }
}

void Pool::run(int count, Task task, void* context) {
  if (count <= 0) return;
  if (workers_.empty() || count == 1) {
    for (int i = 0; i < count; i++) task(context, i, 0);
    return;
  }
  count_.store(count, std::memory_order_relaxed);
  task_.store(task, std::memory_order_relaxed);
  context_.store(context, std::memory_order_relaxed);
  unfinished_.store(count);
  const uint64_t generation = (ticket_.load() >> 32) + 1;
  ticket_.store(generation << 32 | (uint32_t)count);
  if (sleepingWorkers_.load() > 0) {
    { std::lock_guard<std::mutex> lock(mutex_); }
    jobPosted_.notify_all();
  }
  claimTasks(0);
  const auto done = [this] { return unfinished_.load() == 0; };
  if (spinUntil(done)) return;
  std::unique_lock<std::mutex> lock(mutex_);
  callerSleeps_ = true;
  jobDone_.wait(lock, done);
  callerSleeps_ = false;
}

void Pool::work(int worker) {
  const auto called = [this] { return closing_.load() || (uint32_t)ticket_.load() != 0; };
  while (!closing_.load()) {
    claimTasks(worker);
    if (spinUntil(called)) continue;
    std::unique_lock<std::mutex> lock(mutex_);
    sleepingWorkers_++;
    jobPosted_.wait(lock, called);
    sleepingWorkers_--;
  }
}

}  // namespace undertone
