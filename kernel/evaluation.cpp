// Evaluation of a given network, and the matrix product: memory for one call, tasks for the threads.
#include "layout.hpp"

namespace undertone {

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
    const int modulus = network.modulus, width = network.width;
    copyIn(U, stride, network.U, regionOf(Part::U, modulus, width));
    copyIn(V, stride, network.V, regionOf(Part::V, modulus, width));
    copyIn(W, stride, network.W, regionOf(Part::W, modulus, width));
    copyIn(W, stride, network.mu, regionOf(Part::mu, modulus, width));
    if (network.hiddenBias) addHiddenBias(U, U, network.hiddenBias, modulus, width, stride);
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
