#include "wasm-pool.hpp"

namespace undertone {

static void runAlone(int count, Pool::Task task, void* context) {
  for (int i = 0; i < count; i++) task(context, i, 0);
}

#if defined(__wasm_atomics__)

template <typename Value>
static Value read(const Value& from) {
  return __atomic_load_n(&from, __ATOMIC_SEQ_CST);
}
template <typename Value>
static void write(Value& to, Value value) {
  __atomic_store_n(&to, value, __ATOMIC_SEQ_CST);
}
static int add(int& to, int value) { return __atomic_fetch_add(&to, value, __ATOMIC_SEQ_CST); }

static void sleepWhile(int& futex, int value) {
  __builtin_wasm_memory_atomic_wait32(&futex, value, -1);
}
static void wake(int& futex) { __builtin_wasm_memory_atomic_notify(&futex, 0xffffffffu); }

// About 30 µs: longer than the gap between the two phases of a training step, far shorter than a
// time slice. There is no clock here and no pause instruction.
static constexpr int spins = 40000;

// Whether the futex lost its value while spinning.
static bool spinWhile(const int& futex, int value) {
  for (int i = 0; i < spins; i++) {
    if (read(futex) != value) return true;
  }
  return false;
}

void Pool::claimTasks(int worker) {
  uint64_t seen = read(ticket_);
  while ((uint32_t)seen != 0) {
    // Read before the claim; a successful claim proves that the job had not changed meanwhile.
    const int count = read(count_);
    const Task task = read(task_);
    void* context = read(context_);
    if (!__atomic_compare_exchange_n(&ticket_, &seen, seen - 1, true, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST)) {
      continue;
    }
    task(context, count - (int)(uint32_t)seen, worker);
    if (add(unfinished_, -1) == 1 && worker != 0 && read(callerSleeps_)) wake(unfinished_);
    seen = read(ticket_);
  }
}

void Pool::run(int count, Task task, void* context) {
  if (count <= 0) return;
  if (threads_ == 1 || count == 1) return runAlone(count, task, context);
  write(count_, count);
  write(task_, task);
  write(context_, context);
  write(unfinished_, count);
  const uint64_t generation = (read(ticket_) >> 32) + 1;
  write(ticket_, generation << 32 | (uint32_t)count);
  add(calls_, 1);
  if (read(sleepingWorkers_) > 0) wake(calls_);
  claimTasks(0);
  for (int left = read(unfinished_); left != 0; left = read(unfinished_)) {
    if (spinWhile(unfinished_, left)) continue;
    write(callerSleeps_, 1);
    sleepWhile(unfinished_, left);
    write(callerSleeps_, 0);
  }
}

void Pool::work(int worker) {
  for (;;) {
    // Read before looking for tasks: a job posted meanwhile has changed it, and nobody sleeps.
    const int calls = read(calls_);
    if (read(closing_)) return;
    claimTasks(worker);
    if (spinWhile(calls_, calls)) continue;
    add(sleepingWorkers_, 1);
    sleepWhile(calls_, calls);
    add(sleepingWorkers_, -1);
  }
}

void Pool::close() {
  write(closing_, 1);
  add(calls_, 1);
  wake(calls_);
}

#else

void Pool::run(int count, Task task, void* context) { runAlone(count, task, context); }
void Pool::work(int) {}
void Pool::close() {}

#endif

}  // namespace undertone
