// Loss and its gradient on one tile of logits [P][48], in place, one lane per sample.
#pragma once
#include "kernel.hpp"
#include "math.hpp"
#include "tiles.hpp"

namespace undertone {
namespace UNDERTONE_ISA {

// Samples handled together: enough independent chains to hide the latency of exp.
constexpr int lossVectors = tileSamples / lanes % 3 == 0 ? 3 : 1;

// Softmax cross-entropy: loss = ln Σ e^z − z[label], gradient = softmax(z) − onehot(label), both
// times the sample's weight.
UT_NOINLINE void crossEntropyTile(float* z, int modulus, const uint16_t* label,
                                  const float* weight, float* sampleLoss) {
  float labelLogit[tileSamples];
  for (int s = 0; s < tileSamples; s++) labelLogit[s] = z[label[s] * tileSamples + s];
  for (int s = 0; s < tileSamples; s += lanes * lossVectors) {
    Vec most[lossVectors], sum[lossVectors], scale[lossVectors];
    UT_UNROLL for (int i = 0; i < lossVectors; i++) {
      most[i] = load(z + s + i * lanes);
      sum[i] = splat(0.f);
    }
    for (int p = 1; p < modulus; p++) {
      const float* row = z + p * tileSamples + s;
      UT_UNROLL for (int i = 0; i < lossVectors; i++) {
        most[i] = larger(most[i], load(row + i * lanes));
      }
    }
    for (int p = 0; p < modulus; p++) {
      float* row = z + p * tileSamples + s;
      UT_UNROLL for (int i = 0; i < lossVectors; i++) {
        Vec e = exp(sub(load(row + i * lanes), most[i]));
        store(row + i * lanes, e);
        sum[i] = add(sum[i], e);
      }
    }
    UT_UNROLL for (int i = 0; i < lossVectors; i++) {
      Vec w = load(weight + s + i * lanes);
      scale[i] = div(w, sum[i]);
      Vec loss = sub(add(log(sum[i]), most[i]), load(labelLogit + s + i * lanes));
      // log() would hide a sum that is NaN or infinite; sum − sum is 0 or NaN.
      loss = add(loss, sub(sum[i], sum[i]));
      store(sampleLoss + s + i * lanes, mul(loss, w));
    }
    for (int p = 0; p < modulus; p++) {
      float* row = z + p * tileSamples + s;
      UT_UNROLL for (int i = 0; i < lossVectors; i++) {
        store(row + i * lanes, mul(load(row + i * lanes), scale[i]));
      }
    }
  }
  for (int s = 0; s < tileSamples; s++) z[label[s] * tileSamples + s] -= weight[s];
}

// Mean squared error over the classes: loss = Σ (z − onehot)² / P, gradient = 2 (z − onehot) / P,
// both times the sample's weight.
UT_NOINLINE void meanSquareTile(float* z, int modulus, const uint16_t* label, const float* weight,
                                float* sampleLoss) {
  for (int s = 0; s < tileSamples; s++) z[label[s] * tileSamples + s] -= 1.f;
  const Vec classes = splat((float)modulus);
  for (int s = 0; s < tileSamples; s += lanes) {
    Vec share = div(load(weight + s), classes), twice = add(share, share), sum = splat(0.f);
    for (int p = 0; p < modulus; p++) {
      Vec e = load(z + p * tileSamples + s);
      sum = fma(e, e, sum);
      store(z + p * tileSamples + s, mul(e, twice));
    }
    store(sampleLoss + s, mul(sum, share));
  }
}

}  // namespace UNDERTONE_ISA
}  // namespace undertone
