// Evaluation of a given network, and the matrix product: memory for one call, tasks for the threads.
#include "layout.hpp"
#include "product-tasks.hpp"

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

bool multiply(const Kernel& kernel, Pool& pool, const Product& product) {
  if (product.m == 0 || product.n == 0) return true;
  if (product.k == 0) {
    for (size_t i = 0; i < (size_t)product.m * product.n; i++) product.c[i] = 0;
    return true;
  }
  Arena arena;
  float* scratch;
  const size_t scratchStride = (kernel.productScratch(product.transposeA) + 127) / 64 * 64;
  arena.want(scratch, scratchStride * pool.threads());
  if (!arena.take()) return false;
  multiplyInto(kernel, pool, product, scratch, scratchStride);
  return true;
}

}  // namespace undertone
