// One network in training, and the evaluation of a given one: memory, the order of the phases and
// how they are dealt to threads. The numbers are crunched behind the table of kernel.hpp.
#pragma once
#include "kernel.hpp"
#include "memory.hpp"
#include "muon.hpp"
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
  double momentum;               // SGD and Muon
  double adamwLearningRate;      // Muon, for μ and the hidden bias
};

struct TrainingSettings {
  int modulus, width;
  Activation activation;
  Loss loss;
  OptimizerSettings optimizer;
  bool tied, freezeFirstLayer, hasHiddenBias;
  int samples;
  const uint16_t *a, *b, *label;
};

// The arrays that a session starts from and gives back: a weight, or one of its moments.
enum class Part : int { U, V, W, mu, hiddenBias };
enum class Slot : int { value, first, second };
constexpr int partCount = 5, slotCount = 3;

class Session {
 public:
  Session(const Kernel& kernel, Pool& pool) : kernel_(kernel), pool_(pool) {}

  // Weights and moments are zero. False where there is not enough memory.
  bool open(const TrainingSettings& settings);
  // Number of elements of an array (U, V [M, P], W [P, M], mu [P], hidden bias [M]), or 0 where the
  // session doesn't have it.
  size_t elements(Part part, Slot slot) const;
  void read(Part part, Slot slot, float* out) const;
  // After the last write and before the first step: prepare().
  void write(Part part, Slot slot, const float* in);
  void prepare();

  // Steps on all rows.
  void run(int steps);
  // One step on these rows (numbers below `samples`).
  void runBatch(const uint32_t* rows, int count);
  void setLearningRate(double rate, double adamwRate) {
    optimizer_.learningRate = rate;
    optimizer_.adamwLearningRate = adamwRate;
  }
  // Mean loss, over the rows of the most recent step, of the weights as they were before it.
  double loss() const;
  void answers(uint16_t* out);

  int modulus() const { return training_.modulus; }
  int samples() const { return samples_; }
  size_t bytes() const { return arena_.bytes(); }

  // β₁ᵗ and β₂ᵗ after t steps, by repeated multiplication.
  double beta1Power = 1, beta2Power = 1;

 private:
  void chooseRows(const uint32_t* rows, int count);
  void nextUpdate();
  void step();
  const Parameter& parameter(Part part) const;

  const Kernel& kernel_;
  Pool& pool_;
  Arena arena_;
  Training training_{};
  OptimizerSettings optimizer_{};
  Muon muon_;
  int samples_ = 0;
  bool hasAllRows_ = false;
  uint16_t *rowsA_ = nullptr, *rowsB_ = nullptr, *rowsLabel_ = nullptr;  // [samples]
  uint16_t *a_ = nullptr, *b_ = nullptr, *label_ = nullptr;  // of the next step, padded to tiles
  float* sampleWeight_ = nullptr;
  float* scratch_ = nullptr;
  size_t scratchStride_ = 0;
};

// [P²] answers of the network; the logits of the pairs firstPair … endPair − 1; a product. Each is
// false where there is not enough memory.
bool answersOf(const Kernel& kernel, Pool& pool, const Network& network, Activation activation,
               uint16_t* out);
bool logitsOf(const Kernel& kernel, Pool& pool, const Network& network, Activation activation,
              int firstPair, int endPair, float* out);
bool multiply(const Kernel& kernel, Pool& pool, const Product& product);

}  // namespace undertone
