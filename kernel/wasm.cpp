// The WebAssembly module: what src/compute/wasm/ calls, without a C or C++ library. One thread calls
// it. Where the module is built for threads, others have instances of their own on the same memory
// and call nothing but `work`.
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
}

namespace undertone {

namespace UNDERTONE_ISA {
extern const Kernel kernel;
}

static const Kernel& kernel = UNDERTONE_ISA::kernel;
static Pool pool;

static Network networkOf(int modulus, int width, const float* U, const float* V, const float* W,
                         const float* mu, const float* hiddenBias) {
  return {modulus, width, U, V, W, mu, hiddenBias};
}

}  // namespace undertone

using namespace undertone;

// Zeroed memory, or 0 where there is none.
EXPORT void* allocate(size_t bytes) { return allocatePages(bytes); }
EXPORT void release(void* memory) { releasePages(memory); }

// Before anything is computed: how many threads there will be, the caller's included.
EXPORT void openPool(int threads) { pool.open(threads); }
// The whole life of another thread, 1 ≤ worker < threads, on a stack of its own.
EXPORT void work(int worker) { pool.work(worker); }
EXPORT void closePool() { pool.close(); }

EXPORT void closeSession(Session* session) {
  session->~Session();
  releasePages(session);
}
// A session, or 0 where there is not enough memory.
EXPORT Session* openSession(int modulus, int width, int activation, int loss, int tied,
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
  void* memory = allocatePages(sizeof(Session));
  if (!memory) return nullptr;
  Session* session = new (memory) Session(kernel, pool);
  if (session->open(settings)) return session;
  closeSession(session);
  return nullptr;
}
EXPORT void readArray(const Session& session, int part, int slot, float* out) {
  session.read((Part)part, (Slot)slot, out);
}
EXPORT void writeArray(Session& session, int part, int slot, const float* in) {
  session.write((Part)part, (Slot)slot, in);
}
EXPORT void prepare(Session& session) { session.prepare(); }
EXPORT double beta1Power(const Session& session) { return session.beta1Power; }
EXPORT double beta2Power(const Session& session) { return session.beta2Power; }
EXPORT void setPowers(Session& session, double beta1, double beta2) {
  session.beta1Power = beta1;
  session.beta2Power = beta2;
}
EXPORT void setLearningRate(Session& session, double rate, double adamwRate) {
  session.setLearningRate(rate, adamwRate);
}
EXPORT void run(Session& session, int steps) { session.run(steps); }
EXPORT void runBatch(Session& session, const uint32_t* rows, int count) {
  session.runBatch(rows, count);
}
EXPORT double loss(const Session& session) { return session.loss(); }
EXPORT void sessionAnswers(Session& session, uint16_t* out) { session.answers(out); }

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
EXPORT bool product(const float* a, const float* b, float* c, int m, int k, int n, int transposeA,
                    int transposeB) {
  return multiply(kernel, pool, {a, b, c, m, k, n, transposeA != 0, transposeB != 0});
}

// out[i] = a[i]·b[i] + c[i] as the kernel computes it, to see whether it is rounded once.
EXPORT void fusedTest(const float* a, const float* b, const float* c, float* out) {
  kernel.fusedTest(a, b, c, out);
}
// Multiply-adds in registers, on all threads; returns the number of floating-point operations.
EXPORT double peak(int rounds) {
  const int tasks = 16 * pool.threads();
  double each = 0;
  parallel(pool, tasks, [&](int i, int) {
    float sink[4];
    const double operations = kernel.peak(rounds, sink);
    if (i == 0) each = operations;
  });
  return each * tasks;
}
