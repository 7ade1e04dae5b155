// A pool of threads that share the tasks of one job at a time. Tasks are claimed one by one, so a
// thread that loses its core to another process holds up a single task and not its share of the job.
// Waiting threads spin for some microseconds, then sleep.
#pragma once
#include <stdint.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace undertone {

class Pool {
 public:
  using Task = void (*)(void* context, int index, int worker);

  // `threads` counts the caller of run(). Fewer are started where the system refuses more.
  explicit Pool(int threads);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  int threads() const { return (int)workers_.size() + 1; }

  // Runs task(context, index, worker) for 0 ≤ index < count and returns when all are done.
  // 0 ≤ worker < threads(): no two tasks run at once with the same worker.
  void run(int count, Task task, void* context);

 private:
  void work(int worker);
  void claimTasks(int worker);

  // Generation of the job (upper half) and its tasks not yet claimed (lower half), in one word: a
  // claim can only succeed on the job it was meant for.
  std::atomic<uint64_t> ticket_{0};
  std::atomic<int> unfinished_{0};
  std::atomic<int> count_{0};
  std::atomic<Task> task_{nullptr};
  std::atomic<void*> context_{nullptr};

  std::atomic<int> sleepingWorkers_{0};
  std::atomic<bool> callerSleeps_{false};
  std::atomic<bool> closing_{false};
  std::mutex mutex_;
  std::condition_variable jobPosted_, jobDone_;
  std::vector<std::thread> workers_;
};

}  // namespace undertone
