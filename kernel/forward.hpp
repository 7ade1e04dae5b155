// The forward pass over a few tiles of samples: logits z[p][sample] = Σ_j W[p][j]·φ(U[a][j] + V[b][j]).
// Hidden units are made a block at a time, samples in lanes, and never leave the first cache.
#pragma once
#include "activation.hpp"
#include "microkernel.hpp"

namespace undertone {
namespace UNDERTONE_ISA {

UT_INLINE size_t hiddenScratch() { return (size_t)hiddenBlockMax * tileSamples; }

// out[j − firstHidden][sample] = φ(U[a][j] + V[b][j]) for firstHidden ≤ j < endHidden.
template <Activation activation>
UT_NOINLINE void makeHidden(float* out, const Model& model, const uint16_t* a, const uint16_t* b,
                            int firstHidden, int endHidden) {
  const float* U = model.U + firstHidden;
  const float* V = model.V + firstHidden;
  for (int s = 0; s < tileSamples; s += lanes) {
    for (int j = 0; j < endHidden - firstHidden; j += lanes) {
      Vec square[lanes];
      UT_UNROLL for (int i = 0; i < lanes; i++) {
        Vec x = add(load(U + a[s + i] * model.stride + j), load(V + b[s + i] * model.stride + j));
        // GELU is long: unrolled over a square of lanes it would spill; it is applied below.
        square[i] = activation == Activation::gelu ? x : activate<activation>(x);
      }
      transpose(square);
      UT_UNROLL for (int i = 0; i < lanes; i++) {
        store(out + (size_t)(j + i) * tileSamples + s, square[i]);
      }
    }
  }
  if constexpr (activation == Activation::gelu) {
    for (int i = 0; i < (endHidden - firstHidden) * tileSamples; i += lanes) {
      store(out + i, activate<activation>(load(out + i)));
    }
  }
  // The unit that carries μ is 1 whatever φ is.
  if (model.width >= firstHidden && model.width < endHidden) {
    float* unit = out + (size_t)(model.width - firstHidden) * tileSamples;
    for (int s = 0; s < tileSamples; s += lanes) store(unit + s, splat(1.f));
  }
}

// z [tiles][P][48] for `tiles` tiles of samples. `hidden` is scratch of hiddenScratch() floats.
template <Activation activation>
UT_NOINLINE void makeLogits(float* z, const Model& model, const uint16_t* a, const uint16_t* b,
                            int tiles, float* hidden) {
  const RowGroups groups{model.modulus, forwardRows};
  const int units = (int)(model.stride / unitWidth);
  const int blocks = (units * unitWidth + hiddenBlock - 1) / hiddenBlock;
  for (int block = 0; block < blocks; block++) {
    const int first = units * block / blocks * unitWidth;
    const int end = units * (block + 1) / blocks * unitWidth;
    const int count = (end < model.width + 1 ? end : model.width + 1) - first;
    for (int t = 0; t < tiles; t++) {
      makeHidden<activation>(hidden, model, a + t * tileSamples, b + t * tileSamples, first, end);
      for (int g = 0; g < groups.groups(); g++) {
        const int p = groups.start(g);
        float* out = z + ((size_t)t * model.modulus + p) * tileSamples;
        withRows(groups.size(g), [&](auto constant) {
          constexpr int rows = decltype(constant)::value;
          const float* packed = model.packedW + p * model.stride + (size_t)first * rows;
          for (int s = 0; s < tileSamples; s += stripe) {
            productBlock<rows, vectors>(out + s, tileSamples, hidden + s, tileSamples, packed,
                                        count, block == 0);
          }
        });
      }
    }
  }
}

UT_INLINE void makeLogits(float* z, const Model& model, const uint16_t* a, const uint16_t* b,
                          int tiles, float* hidden) {
  withActivation(model.activation, [&](auto of) {
    makeLogits<decltype(of)::value>(z, model, a, b, tiles, hidden);
  });
}

// packed: for each group of classes [stride][classes in group].
UT_NOINLINE void packW(float* packed, const float* W, int modulus, size_t stride, int firstUnit,
                       int endUnit) {
  const RowGroups groups{modulus, forwardRows};
  for (int g = 0; g < groups.groups(); g++) {
    const int p = groups.start(g), rows = groups.size(g);
    const float* from = W + p * stride;
    float* to = packed + p * stride + (size_t)firstUnit * unitWidth * rows;
    for (int j = firstUnit * unitWidth; j < endUnit * unitWidth; j++) {
      for (int r = 0; r < rows; r++) *to++ = from[r * stride + j];
    }
  }
}

}  // namespace UNDERTONE_ISA
}  // namespace undertone
