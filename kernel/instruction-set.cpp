// The kernel for one instruction set: compiled once for each, with UNDERTONE_ISA as its namespace.
// Only this file is compiled with the flags of that set. It must not define or instantiate anything
// outside the namespace (no C++ library), or the linker could pick its copy for an older processor.
#include "backward.hpp"
#include "evaluate.hpp"
#include "loss.hpp"
#include "product.hpp"

namespace undertone {
namespace UNDERTONE_ISA {

static size_t trainScratch(int modulus) {
  const size_t panel = Panel::scratch(modulus);
  return panel > hiddenScratch() ? panel : hiddenScratch();
}

static size_t forwardScratch(int modulus) { return evaluationScratch(modulus); }

static void forward(const Training& t, int firstTile, int endTile, float* scratch) {
  const size_t tileStride = (size_t)t.modulus * tileSamples;
  for (int tile = firstTile; tile < endTile; tile += forwardTiles) {
    const int tiles = endTile - tile < forwardTiles ? endTile - tile : forwardTiles;
    const size_t sample = (size_t)tile * tileSamples;
    makeLogits(t.logits + tile * tileStride, modelOf(t), t.a + sample, t.b + sample, tiles, scratch);
    for (int k = 0; k < tiles; k++) {
      const size_t at = sample + (size_t)k * tileSamples;
      auto lossTile = t.loss == Loss::crossEntropy ? crossEntropyTile : meanSquareTile;
      lossTile(t.logits + (tile + k) * tileStride, t.modulus, t.label + at, t.weight + at,
               t.sampleLoss + at);
    }
  }
}

static void applyFunction(int which, const float* in, float* out, int count) {
  for (int i = 0; i < count; i += lanes) {
    float part[lanes];
    const int here = count - i < lanes ? count - i : lanes;
    for (int k = 0; k < lanes; k++) part[k] = in[i + (k < here ? k : 0)];
    Vec x = load(part);
    switch (which) {
      case 0: x = exp(x); break;
      case 1: x = log(x); break;
      case 2: x = normal(x).distribution; break;
      case 3: x = normal(x).density; break;
    }
    store(part, x);
    for (int k = 0; k < here; k++) out[i + k] = part[k];
  }
}

static void fusedTest(const float* a, const float* b, const float* c, float* out) {
  store(out, fma(load(a), load(b), load(c)));
}

// More independent chains than cover the latency of a fused multiply-add, as many as fit in registers.
static double peak(int rounds, float* sink) {
  constexpr int chains = wideFile ? 24 : 12;
  const Vec a = splat(0.999f), b = splat(0.001f);
  Vec x[chains];
  UT_UNROLL for (int i = 0; i < chains; i++) x[i] = splat((float)i);
  for (int k = 0; k < rounds; k++) {
    UT_UNROLL for (int i = 0; i < chains; i++) x[i] = fma(x[i], a, b);
  }
  Vec sum = x[0];
  UT_UNROLL for (int i = 1; i < chains; i++) sum = add(sum, x[i]);
  store(sink, sum);
  return 2.0 * chains * lanes * rounds;
}

#define UT_TEXT_OF(x) #x
#define UT_TEXT(x) UT_TEXT_OF(x)

extern const Kernel kernel;
const Kernel kernel = {
    UT_TEXT(UNDERTONE_ISA), forwardRows, forwardScratch, trainScratch, productScratch, packW,
    forward, backward, answers, logits, stripe, productTask, applyFunction,
    fusedTest, peak,
};

}  // namespace UNDERTONE_ISA
}  // namespace undertone
