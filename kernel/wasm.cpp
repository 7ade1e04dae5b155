// The WebAssembly module: what src/compute/wasm/ calls. One thread, no C or C++ library. A module
// instance holds one thing at a time: a session, or the evaluation or product at hand. Memory is
// only handed out; `reset` takes all of it back.
#include "session.hpp"

#define EXPORT extern "C" __attribute__((visibility("default"), used))

inline void* operator new(size_t, void* where) { return where; }

extern "C" {

// Compilers emit calls of these two for loops and copies.
void* memset(void* to, int value, size_t count) {
  unsigned char* at = static_cast<unsigned char*>(to);
  while (count--) *at++ = (unsigned char)value;
  return to;
}
void* memcpy(void* to, const void* from, size_t count) {
  unsigned char* at = static_cast<unsigned char*>(to);
  const unsigned char* source = static_cast<const unsigned char*>(from);
  while (count--) *at++ = *source++;
  return to;
}

extern unsigned char __heap_base;
}

namespace undertone {

namespace UNDERTONE_ISA {
extern const Kernel kernel;
}

static const Kernel& kernel = UNDERTONE_ISA::kernel;
static Pool pool;
alignas(16) static unsigned char sessionMemory[sizeof(Session)];
static Session& session = reinterpret_cast<Session&>(sessionMemory);

constexpr uint64_t page = 65536, align = 64;
static uint64_t heapStart() { return ((uint64_t)(size_t)&__heap_base + align - 1) / align * align; }
static uint64_t heapEnd = 0;

void* allocatePages(size_t bytes) {
  if (heapEnd == 0) heapEnd = heapStart();
  const uint64_t start = heapEnd, end = start + ((uint64_t)bytes + align - 1) / align * align;
  const uint64_t pages = (end + page - 1) / page, held = __builtin_wasm_memory_size(0);
  if (pages > 65536) return nullptr;
  if (pages > held && __builtin_wasm_memory_grow(0, pages - held) == (size_t)-1) return nullptr;
  heapEnd = end;
  void* memory = reinterpret_cast<void*>((size_t)start);
  memset(memory, 0, bytes);
  return memory;
}

void releasePages(void*) {}

static Network networkOf(int modulus, int width, const float* U, const float* V, const float* W,
                         const float* mu, const float* hiddenBias) {
  return {modulus, width, U, V, W, mu, hiddenBias};
}

}  // namespace undertone

using namespace undertone;

// Forgets all that was allocated.
EXPORT void reset() { heapEnd = heapStart(); }
// Zeroed memory, or 0 where there is none.
EXPORT void* allocate(size_t bytes) { return allocatePages(bytes); }

EXPORT bool openSession(int modulus, int width, int activation, int loss, int tied,
                        int freezeFirstLayer, int hasHiddenBias, int samples, const uint16_t* a,
                        const uint16_t* b, const uint16_t* label, int rule, double learningRate,
                        double weightDecay, double beta1, double beta2, double epsilon,
                        double momentum, double adamwLearningRate) {
  TrainingSettings settings{};
  settings.modulus = modulus;
  settings.width = width;
  settings.activation = (Activation)activation;
  settings.loss = (Loss)loss;
  settings.optimizer = {(Rule)rule, learningRate, weightDecay, beta1,
                        beta2,      epsilon,      momentum,    adamwLearningRate};
  settings.tied = tied != 0;
  settings.freezeFirstLayer = freezeFirstLayer != 0;
  settings.hasHiddenBias = hasHiddenBias != 0;
  settings.samples = samples;
  settings.a = a;
  settings.b = b;
  settings.label = label;
  new (sessionMemory) Session(kernel, pool);
  return session.open(settings);
}
EXPORT void readArray(int part, int slot, float* out) { session.read((Part)part, (Slot)slot, out); }
EXPORT void writeArray(int part, int slot, const float* in) {
  session.write((Part)part, (Slot)slot, in);
}
EXPORT void prepare() { session.prepare(); }
EXPORT double beta1Power() { return session.beta1Power; }
EXPORT double beta2Power() { return session.beta2Power; }
EXPORT void setPowers(double beta1, double beta2) {
  session.beta1Power = beta1;
  session.beta2Power = beta2;
}
EXPORT void setLearningRate(double rate, double adamwRate) {
  session.setLearningRate(rate, adamwRate);
}
EXPORT void run(int steps) { session.run(steps); }
EXPORT void runBatch(const uint32_t* rows, int count) { session.runBatch(rows, count); }
EXPORT double loss() { return session.loss(); }
EXPORT void sessionAnswers(uint16_t* out) { session.answers(out); }

EXPORT bool answers(int modulus, int width, const float* U, const float* V, const float* W,
                    const float* mu, const float* hiddenBias, int activation, uint16_t* out) {
  return answersOf(kernel, pool, networkOf(modulus, width, U, V, W, mu, hiddenBias),
                   (Activation)activation, out);
}
EXPORT bool logits(int modulus, int width, const float* U, const float* V, const float* W,
                   const float* mu, const float* hiddenBias, int activation, int firstPair,
                   int endPair, float* out) {
  return logitsOf(kernel, pool, networkOf(modulus, width, U, V, W, mu, hiddenBias),
                  (Activation)activation, firstPair, endPair, out);
}
EXPORT bool product(const float* a, const float* b, float* c, int m, int k, int n) {
  return multiply(kernel, pool, a, b, c, m, k, n);
}

// out[i] = a[i]·b[i] + c[i] as the kernel computes it, to see whether it is rounded once.
EXPORT void fusedTest(const float* a, const float* b, const float* c, float* out) {
  kernel.fusedTest(a, b, c, out);
}
// Multiply-adds in registers; returns the number of floating-point operations.
EXPORT double peak(int rounds, float* sink) { return kernel.peak(rounds, sink); }
