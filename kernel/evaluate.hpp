// Evaluation on consecutive pairs (a, b), index a·P + b: argmax or logits, a few tiles at a time, so
// that the logits of all pairs never exist at once.
#pragma once
#include "forward.hpp"

namespace undertone {
namespace UNDERTONE_ISA {

UT_INLINE size_t evaluationScratch(int modulus) {
  return hiddenScratch() + (size_t)forwardTiles * modulus * tileSamples;
}

// Calls use(z, first pair, pairs ≤ 48) for each tile of logits z [P][48] of the pairs first…end−1.
template <typename Use>
UT_INLINE void overTiles(const Model& model, int first, int end, float* scratch, const Use& use) {
  constexpr int most = forwardTiles * tileSamples;
  uint16_t a[most], b[most];
  float* z = scratch + hiddenScratch();
  for (int start = first; start < end; start += most) {
    const int count = end - start < most ? end - start : most;
    const int tiles = (count + tileSamples - 1) / tileSamples;
    for (int i = 0; i < tiles * tileSamples; i++) {
      const int pair = start + (i < count ? i : count - 1);
      a[i] = (uint16_t)(pair / model.modulus);
      b[i] = (uint16_t)(pair % model.modulus);
    }
    makeLogits(z, model, a, b, tiles, scratch);
    for (int t = 0; t < tiles; t++) {
      const int left = count - t * tileSamples;
      use(z + (size_t)t * model.modulus * tileSamples, start + t * tileSamples,
          left < tileSamples ? left : tileSamples);
    }
  }
}

// The first of the largest logits; class 0 where none is larger than it (NaN included).
UT_NOINLINE void answers(const Model& model, int first, int end, uint16_t* out, float* scratch) {
  overTiles(model, first, end, scratch, [&](const float* z, int pair, int pairs) {
    float winner[tileSamples];
    for (int s = 0; s < tileSamples; s += lanes) {
      Vec best = load(z + s), index = splat(0.f);
      for (int p = 1; p < model.modulus; p++) {
        Vec value = load(z + (size_t)p * tileSamples + s);
        index = selectLess(best, value, splat((float)p), index);
        best = selectLess(best, value, value, best);
      }
      store(winner + s, index);
    }
    for (int s = 0; s < pairs; s++) out[pair - first + s] = (uint16_t)winner[s];
  });
}

UT_NOINLINE void logits(const Model& model, int first, int end, float* out, float* scratch) {
  overTiles(model, first, end, scratch, [&](const float* z, int pair, int pairs) {
    for (int s = 0; s < pairs; s++) {
      float* row = out + (size_t)(pair - first + s) * model.modulus;
      for (int p = 0; p < model.modulus; p++) row[p] = z[(size_t)p * tileSamples + s];
    }
  });
}

}  // namespace UNDERTONE_ISA
}  // namespace undertone
