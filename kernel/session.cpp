#include "session.hpp"

#include "tile-layout.hpp"

namespace undertone {

static size_t strideOf(int width) {
  return ((size_t)width + 1 + unitWidth - 1) / unitWidth * unitWidth;
}

// to [P][stride] from [M, P]; the padding is left as it is.
static void transposeIn(float* to, const float* from, const Network& network, size_t stride) {
  for (int j = 0; j < network.width; j++) {
    for (int p = 0; p < network.modulus; p++) {
      to[p * stride + j] = from[(size_t)j * network.modulus + p];
    }
  }
}

// The second layer with μ as hidden unit M: [P][stride].
static void secondLayerIn(float* to, const Network& network, size_t stride) {
  for (int p = 0; p < network.modulus; p++) {
    for (int j = 0; j < network.width; j++) {
      to[p * stride + j] = network.W[(size_t)p * network.width + j];
    }
    to[p * stride + network.width] = network.mu[p];
  }
}

bool Session::open(const TrainingSettings& settings) {
  const Network& initial = settings.initial;
  Training& t = training_;
  t.modulus = initial.modulus;
  t.width = initial.width;
  t.stride = strideOf(initial.width);
  t.activation = settings.activation;
  t.loss = settings.loss;
  t.freezeFirstLayer = settings.freezeFirstLayer;
  t.tiles = (settings.samples + tileSamples - 1) / tileSamples;
  optimizer_ = settings.optimizer;

  const size_t weights = t.modulus * t.stride, samples = (size_t)t.tiles * tileSamples;
  uint16_t *a, *b, *label;
  float* sampleWeight;
  Parameter* parameters[] = {&t.U, &t.V, &t.W};
  for (Parameter* parameter : parameters) {
    arena_.want(parameter->value, weights);
    if (t.freezeFirstLayer && parameter != &t.W) continue;
    arena_.want(parameter->first, weights);
    if (optimizer_.rule != Rule::sgd) arena_.want(parameter->second, weights);
  }
  arena_.want(t.packedW, weights);
  arena_.want(t.logits, samples * t.modulus);
  arena_.want(t.sampleLoss, samples);
  arena_.want(sampleWeight, samples);
  arena_.want(a, samples);
  arena_.want(b, samples);
  arena_.want(label, samples);
  const size_t train = kernel_.trainScratch(t.modulus), look = kernel_.forwardScratch(t.modulus);
  scratchStride_ = ((train > look ? train : look) + 127) / 64 * 64;
  arena_.want(scratch_, scratchStride_ * pool_.threads());
  if (!arena_.take()) return false;

  for (size_t i = 0; i < samples; i++) {
    const size_t row = i < (size_t)settings.samples ? i : settings.samples - 1;
    a[i] = settings.a[row];
    b[i] = settings.b[row];
    label[i] = settings.label[row];
    sampleWeight[i] = i == row ? 1.f / (float)settings.samples : 0.f;
  }
  t.a = a;
  t.b = b;
  t.label = label;
  t.weight = sampleWeight;
  transposeIn(t.U.value, initial.U, initial, t.stride);
  transposeIn(t.V.value, initial.V, initial, t.stride);
  secondLayerIn(t.W.value, initial, t.stride);
  kernel_.packW(t.packedW, t.W.value, t.modulus, t.stride, 0, (int)(t.stride / unitWidth));
  return true;
}

void Session::nextUpdate() {
  const OptimizerSettings& o = optimizer_;
  Update& u = training_.update;
  u.rule = o.rule;
  double rate = o.learningRate;
  if (o.rule != Rule::sgd) {
    // Powers by repeated multiplication: pow() differs between C libraries.
    beta1Power_ *= o.beta1;
    beta2Power_ *= o.beta2;
    u.beta1 = (float)o.beta1;
    u.beta2 = (float)o.beta2;
    u.oneMinusBeta1 = (float)(1 - o.beta1);
    u.oneMinusBeta2 = (float)(1 - o.beta2);
    u.epsilon = (float)o.epsilon;
    u.keep = (float)(1 - o.learningRate * o.weightDecay);
    u.secondScale = (float)(1 / __builtin_sqrt(1 - beta2Power_));
    rate /= 1 - beta1Power_;
  }
  u.coupledDecay = (float)o.weightDecay;
  u.momentum = (float)o.momentum;
  u.negativeRate = (float)-rate;
}

// Panels of at most `panelUnits` units; where a thread gets only a few, as many for each.
static int panelCount(int units, int threads) {
  int panels = (units + panelUnits - 1) / panelUnits;
  if (panels < 8 * threads) panels = (panels + threads - 1) / threads * threads;
  return panels < units ? panels : units;
}

void Session::run(int steps) {
  const int units = (int)(training_.stride / unitWidth);
  const int panels = panelCount(units, pool_.threads());
  const int groups = (training_.tiles + forwardTiles - 1) / forwardTiles;
  for (int step = 0; step < steps; step++) {
    nextUpdate();
    parallel(pool_, groups, [&](int i, int worker) {
      const int first = i * forwardTiles, end = first + forwardTiles;
      kernel_.forward(training_, first, end < training_.tiles ? end : training_.tiles,
                      scratch_ + worker * scratchStride_);
    });
    parallel(pool_, panels, [&](int i, int worker) {
      kernel_.backward(training_, (int)((int64_t)units * i / panels),
                       (int)((int64_t)units * (i + 1) / panels),
                       scratch_ + worker * scratchStride_);
    });
  }
}

double Session::loss() const {
  double sum = 0;
  for (size_t i = 0; i < (size_t)training_.tiles * tileSamples; i++) sum += training_.sampleLoss[i];
  return sum;
}

// Deals pairs to threads and calls body(first, end, scratch).
template <typename Body>
static void overPairs(Pool& pool, int firstPair, int endPair, float* scratch, size_t stride,
                      const Body& body) {
  constexpr int chunk = forwardTiles * tileSamples;
  parallel(pool, (endPair - firstPair + chunk - 1) / chunk, [&](int i, int worker) {
    const int first = firstPair + i * chunk;
    const int end = endPair - first < chunk ? endPair : first + chunk;
    body(first, end, scratch + worker * stride);
  });
}

bool Session::answers(uint16_t* out) {
  const Model model = modelOf(training_);
  overPairs(pool_, 0, model.modulus * model.modulus, scratch_, scratchStride_,
            [&](int first, int end, float* scratch) {
              kernel_.answers(model, first, end, out + first, scratch);
            });
  return true;
}

void Session::weights(float* U, float* V, float* W, float* mu) const {
  const Training& t = training_;
  for (int p = 0; p < t.modulus; p++) {
    const size_t row = p * t.stride;
    for (int j = 0; j < t.width; j++) {
      U[(size_t)j * t.modulus + p] = t.U.value[row + j];
      V[(size_t)j * t.modulus + p] = t.V.value[row + j];
      W[(size_t)p * t.width + j] = t.W.value[row + j];
    }
    mu[p] = t.W.value[row + t.width];
  }
}

// A given network laid out for evaluation, with scratch for each thread.
struct Evaluation {
  Arena arena;
  Model model{};
  float* scratch = nullptr;
  size_t scratchStride = 0;

  bool open(const Kernel& kernel, const Pool& pool, const Network& network, Activation activation) {
    const size_t stride = strideOf(network.width), weights = network.modulus * stride;
    float *U, *V, *W, *packedW;
    scratchStride = (kernel.forwardScratch(network.modulus) + 127) / 64 * 64;
    arena.want(U, weights);
    arena.want(V, weights);
    arena.want(W, weights);
    arena.want(packedW, weights);
    arena.want(scratch, scratchStride * pool.threads());
    if (!arena.take()) return false;
    transposeIn(U, network.U, network, stride);
    transposeIn(V, network.V, network, stride);
    if (network.hiddenBias) {
      for (int p = 0; p < network.modulus; p++) {
        for (int j = 0; j < network.width; j++) U[p * stride + j] += network.hiddenBias[j];
      }
    }
    secondLayerIn(W, network, stride);
    kernel.packW(packedW, W, network.modulus, stride, 0, (int)(stride / unitWidth));
    model = {network.modulus, network.width, stride, activation, U, V, packedW};
    return true;
  }
};

bool answersOf(const Kernel& kernel, Pool& pool, const Network& network, Activation activation,
               uint16_t* out) {
  Evaluation evaluation;
  if (!evaluation.open(kernel, pool, network, activation)) return false;
  overPairs(pool, 0, network.modulus * network.modulus, evaluation.scratch,
            evaluation.scratchStride, [&](int first, int end, float* scratch) {
              kernel.answers(evaluation.model, first, end, out + first, scratch);
            });
  return true;
}

bool logitsOf(const Kernel& kernel, Pool& pool, const Network& network, Activation activation,
              int firstPair, int endPair, float* out) {
  Evaluation evaluation;
  if (!evaluation.open(kernel, pool, network, activation)) return false;
  overPairs(pool, firstPair, endPair, evaluation.scratch, evaluation.scratchStride,
            [&](int first, int end, float* scratch) {
              kernel.logits(evaluation.model, first, end,
                            out + (size_t)(first - firstPair) * network.modulus, scratch);
            });
  return true;
}

bool multiply(const Kernel& kernel, Pool& pool, const float* a, const float* b, float* c, int m,
              int k, int n) {
  if (m == 0 || n == 0) return true;
  if (k == 0) {
    for (size_t i = 0; i < (size_t)m * n; i++) c[i] = 0;
    return true;
  }
  Arena arena;
  float* scratch;
  const size_t scratchStride = (kernel.productScratch + 127) / 64 * 64;
  arena.want(scratch, scratchStride * pool.threads());
  if (!arena.take()) return false;
  const Product product{a, b, c, m, k, n};
  const int panels = (n + kernel.panelColumns - 1) / kernel.panelColumns;

  // Blocks of rows as tall as the second cache holds; columns are cut where that gives too few
  // tasks to keep all threads busy.
  const int wanted = pool.threads() == 1 ? 1 : 4 * pool.threads();
  const int rowBlocks = (m + productRows - 1) / productRows;
  const int enough = (wanted + rowBlocks - 1) / rowBlocks;
  const int columnBlocks = enough < panels ? enough : panels;
  const auto cut = [](int total, int blocks, int i) { return (int)((int64_t)total * i / blocks); };
  parallel(pool, rowBlocks * columnBlocks, [&](int i, int worker) {
    const int row = i / columnBlocks, column = i % columnBlocks;
    kernel.productTask(product, cut(m, rowBlocks, row), cut(m, rowBlocks, row + 1),
                       cut(panels, columnBlocks, column), cut(panels, columnBlocks, column + 1),
                       scratch + worker * scratchStride);
  });
  return true;
}

}  // namespace undertone
