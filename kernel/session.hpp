// One network in training, and the evaluation of a given one: memory, the order of the phases and
// how they are dealt to threads. The numbers are crunched behind the table of kernel.hpp.
#pragma once
#include "kernel.hpp"
#include "memory.hpp"
#include "parallel.hpp"

namespace undertone {

// A network as callers see it: U, V [M, P], W [P, M], mu [P], hiddenBias [M] or nullptr.
struct Network {
  int modulus, width;
  const float *U, *V, *W, *mu, *hiddenBias;
};

struct OptimizerSettings {
  Rule rule;
  double learningRate, weightDecay;
  double beta1, beta2, epsilon;  // Adam and AdamW
  double momentum;               // SGD
};

struct TrainingSettings {
  Network initial;
  Activation activation;
  Loss loss;
  OptimizerSettings optimizer;
  bool freezeFirstLayer;
  int samples;
  const uint16_t *a, *b, *label;
};

class Session {
 public:
  Session(const Kernel& kernel, Pool& pool) : kernel_(kernel), pool_(pool) {}

  // False where there is not enough memory.
  bool open(const TrainingSettings& settings);
  void run(int steps);
  // Mean loss of the weights as they were before the most recent step.
  double loss() const;
  bool answers(uint16_t* out);
  void weights(float* U, float* V, float* W, float* mu) const;
  int modulus() const { return training_.modulus; }
  int width() const { return training_.width; }
  size_t bytes() const { return arena_.bytes(); }

 private:
  void nextUpdate();

  const Kernel& kernel_;
  Pool& pool_;
  Arena arena_;
  Training training_{};
  OptimizerSettings optimizer_{};
  double beta1Power_ = 1, beta2Power_ = 1;
  float* scratch_ = nullptr;
  size_t scratchStride_ = 0;
};

// [P²] answers of the network; the logits of the pairs firstPair … endPair − 1; C = A·B. Each is
// false where there is not enough memory.
bool answersOf(const Kernel& kernel, Pool& pool, const Network& network, Activation activation,
               uint16_t* out);
bool logitsOf(const Kernel& kernel, Pool& pool, const Network& network, Activation activation,
              int firstPair, int endPair, float* out);
bool multiply(const Kernel& kernel, Pool& pool, const float* a, const float* b, float* c, int m,
              int k, int n);

}  // namespace undertone
