// The pool of threads in WebAssembly, where there is no C++ library: as in pool.hpp, on futexes. Its
// threads are workers that instantiate the module on the same memory and call work(). In a module
// built without atomics the caller is the only thread.
#pragma once
#include <stdint.h>

namespace undertone {

class Pool {
 public:
  using Task = void (*)(void* context, int index, int worker);

  // `threads` counts the caller of run(); the others may join at any time, or never.
  void open(int threads) { threads_ = threads; }
  int threads() const { return threads_; }

  // Runs task(context, index, worker) for 0 ≤ index < count and returns when all are done.
  // 0 ≤ worker < threads(): no two tasks run at once with the same worker.
  void run(int count, Task task, void* context);

  // Takes tasks until the pool is closed. 1 ≤ worker < threads().
  void work(int worker);
  void close();

 private:
  void claimTasks(int worker);

  int threads_ = 1;
  // Generation of the job (upper half) and its tasks not yet claimed (lower half), in one word: a
  // claim can only succeed on the job it was meant for.
  uint64_t ticket_ = 0;
  int count_ = 0;
  Task task_ = nullptr;
  void* context_ = nullptr;
  // Futexes: the caller waits for `unfinished_` to reach 0, workers for `calls_` to change.
  int unfinished_ = 0;
  int calls_ = 0;
  int sleepingWorkers_ = 0;
  int callerSleeps_ = 0;
  int closing_ = 0;
};

}  // namespace undertone
