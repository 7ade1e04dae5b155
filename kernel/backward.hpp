// The backward pass and the optimizer step for one panel of at most 48 hidden units over ALL
// samples. The panel owns its gradients, so threads never add into each other's sums; its hidden
// units are made again instead of being kept, and its weights stay in cache for the optimizer.
#pragma once
#include "forward.hpp"
#include "optimizer.hpp"

namespace undertone {
namespace UNDERTONE_ISA {

constexpr size_t panelHidden = (size_t)backwardTiles * tileSamples * panelWidth;

// The panel's columns of the weights and their gradients, rows of 48 floats.
struct Panel {
  float *W, *U, *V, *dW, *dU, *dV;  // [P][48]
  float *hidden, *slope;            // [backwardTiles · 48 samples][48]
  int width;                        // columns in use: a multiple of 16

  Panel(float* scratch, int modulus, int columns) : width(columns) {
    float** rows[] = {&W, &U, &V, &dW, &dU, &dV};
    for (float** matrix : rows) {
      *matrix = scratch;
      scratch += (size_t)modulus * panelWidth;
    }
    hidden = scratch;
    slope = scratch + panelHidden;
  }
  static size_t scratch(int modulus) {
    return 6 * (size_t)modulus * panelWidth + 2 * panelHidden;
  }
};

// Hidden units of the panel for `samples` samples: φ into `hidden`, φ′ into `slope` if kept.
template <Activation activation, int Width>
UT_INLINE void makePanelHiddenOf(const Panel& panel, const uint16_t* a, const uint16_t* b,
                                 int samples, int width) {
  for (int s = 0; s < samples; s++) {
    const float* u = panel.U + (size_t)a[s] * panelWidth;
    const float* v = panel.V + (size_t)b[s] * panelWidth;
    float* out = panel.hidden + (size_t)s * panelWidth;
    float* slopes = panel.slope + (size_t)s * panelWidth;
    UT_UNROLL for (int x = 0; x < (Width ? Width : width); x += lanes) {
      Vec slope;
      store(out + x, activateWithSlope<activation>(add(load(u + x), load(v + x)), slope));
      if constexpr (keepsSlope<activation>) store(slopes + x, slope);
    }
  }
}

template <Activation activation>
UT_NOINLINE void makePanelHidden(const Panel& panel, const uint16_t* a, const uint16_t* b,
                                 int samples, int muColumn) {
  if (panel.width == panelWidth) {
    makePanelHiddenOf<activation, panelWidth>(panel, a, b, samples, 0);
  } else {
    makePanelHiddenOf<activation, 0>(panel, a, b, samples, panel.width);
  }
  if (muColumn < panel.width) {
    for (int s = 0; s < samples; s++) panel.hidden[(size_t)s * panelWidth + muColumn] = 1.f;
  }
}

// For `Rows` samples: dH = dZ·W over all classes, through φ, added into dU[a] and dV[b].
template <Activation activation, int Rows, int Vectors>
UT_NOINLINE void firstLayerBlock(const Panel& panel, int x, const float* dz, int sample,
                                 const uint16_t* a, const uint16_t* b, int modulus) {
  Vec sum[Rows][Vectors];
  clearBlock(sum);
  accumulate(sum, panel.W + x, panelWidth, dz, tileSamples, 1, modulus);
  const float* kept = (keepsSlope<activation> ? panel.slope : panel.hidden) +
                      (size_t)sample * panelWidth + x;
  bool sameA = true;
  for (int r = 1; r < Rows; r++) sameA &= a[r] == a[0];
  if (sameA) {  // rows sorted by a: keep dU[a] in registers; the additions are the same
    float* du = panel.dU + (size_t)a[0] * panelWidth + x;
    Vec kindred[Vectors];
    UT_UNROLL for (int v = 0; v < Vectors; v++) kindred[v] = load(du + v * lanes);
    UT_UNROLL for (int r = 0; r < Rows; r++) {
      float* dv = panel.dV + (size_t)b[r] * panelWidth + x;
      UT_UNROLL for (int v = 0; v < Vectors; v++) {
        Vec g = backThrough<activation>(load(kept + r * panelWidth + v * lanes), sum[r][v]);
        kindred[v] = add(kindred[v], g);
        store(dv + v * lanes, add(load(dv + v * lanes), g));
      }
    }
    UT_UNROLL for (int v = 0; v < Vectors; v++) store(du + v * lanes, kindred[v]);
  } else {
    UT_UNROLL for (int r = 0; r < Rows; r++) {
      float* du = panel.dU + (size_t)a[r] * panelWidth + x;
      float* dv = panel.dV + (size_t)b[r] * panelWidth + x;
      UT_UNROLL for (int v = 0; v < Vectors; v++) {
        Vec g = backThrough<activation>(load(kept + r * panelWidth + v * lanes), sum[r][v]);
        store(du + v * lanes, add(load(du + v * lanes), g));
        store(dv + v * lanes, add(load(dv + v * lanes), g));
      }
    }
  }
}

// dW[p] += Σ_samples dZ[p][sample] · hidden[sample] over `tiles` tiles, for `Rows` classes.
template <int Rows, int Vectors>
UT_NOINLINE void secondLayerBlock(float* dw, const float* hidden, const float* dz,
                                  size_t tileStride, int tiles) {
  Vec sum[Rows][Vectors];
  loadBlock(sum, dw, panelWidth);
  for (int t = 0; t < tiles; t++) {
    accumulate(sum, hidden + (size_t)t * tileSamples * panelWidth, panelWidth, dz + t * tileStride,
               1, tileSamples, tileSamples);
  }
  storeBlock(dw, panelWidth, sum);
}

// All samples: the panel's dW and, unless the first layer is frozen, dU and dV.
template <Activation activation>
UT_NOINLINE void panelGradients(const Training& t, const Panel& panel, int muColumn) {
  const size_t tileStride = (size_t)t.modulus * tileSamples;
  const RowGroups groups{t.modulus, forwardRows};
  for (int tile = 0; tile < t.tiles; tile += backwardTiles) {
    const int tiles = t.tiles - tile < backwardTiles ? t.tiles - tile : backwardTiles;
    const int samples = tiles * tileSamples;
    const uint16_t* a = t.a + (size_t)tile * tileSamples;
    const uint16_t* b = t.b + (size_t)tile * tileSamples;
    const float* dz = t.logits + tile * tileStride;
    makePanelHidden<activation>(panel, a, b, samples, muColumn);
    if (!t.freezeFirstLayer) {
      overColumns(panel.width, [&](auto constant, int x) {
        for (int k = 0; k < tiles; k++) {
          for (int s = 0; s < tileSamples; s += backwardRows) {
            const int sample = k * tileSamples + s;
            firstLayerBlock<activation, backwardRows, decltype(constant)::value>(
                panel, x, dz + k * tileStride + s, sample, a + sample, b + sample, t.modulus);
          }
        }
      });
    }
    for (int g = 0; g < groups.groups(); g++) {
      const int p = groups.start(g);
      withRows(groups.size(g), [&](auto rows) {
        overColumns(panel.width, [&](auto columns, int x) {
          secondLayerBlock<decltype(rows)::value, decltype(columns)::value>(
              panel.dW + (size_t)p * panelWidth + x, panel.hidden + x,
              dz + (size_t)p * tileSamples, tileStride, tiles);
        });
      });
    }
  }
}

// The weights of the panel as they are, gradients of zero.
UT_NOINLINE void loadPanel(const Training& t, const Panel& panel, int first) {
  const float* U = firstLayerOf(t);
  const Vec zero = splat(0.f);
  for (int p = 0; p < t.modulus; p++) {
    for (int x = 0; x < panel.width; x += lanes) {
      const size_t from = p * t.stride + first + x, to = (size_t)p * panelWidth + x;
      store(panel.W + to, load(t.W.value + from));
      store(panel.U + to, load(U + from));
      store(panel.V + to, load(t.V.value + from));
      store(panel.dW + to, zero);
      store(panel.dU + to, zero);
      store(panel.dV + to, zero);
    }
  }
}

// The gradient of the hidden bias is that of U summed over the tokens.
UT_NOINLINE void updateHiddenBias(const Training& t, const Panel& panel, int first) {
  float gradient[panelWidth];
  for (int x = 0; x < panel.width; x += lanes) {
    Vec sum = splat(0.f);
    for (int p = 0; p < t.modulus; p++) sum = add(sum, load(panel.dU + (size_t)p * panelWidth + x));
    store(gradient + x, sum);
  }
  updateRow(t.update, t.hiddenBias, first, gradient, panel.width);
}

// The unit of μ and the padding have no first layer, whatever φ′ is there.
UT_INLINE void clearPadding(const Parameter& parameter, size_t at, int from, int end) {
  for (int j = from; j < end; j++) {
    parameter.value[at + j] = parameter.first[at + j] = 0.f;
    if (parameter.second) parameter.second[at + j] = 0.f;
  }
}

UT_NOINLINE void updateFirstLayer(const Training& t, const Panel& panel, int first, int muColumn) {
  const bool hasBias = t.hiddenBias.value != nullptr;
  if (hasBias) {
    updateHiddenBias(t, panel, first);
    clearPadding(t.hiddenBias, first, muColumn, panel.width);
  }
  for (int p = 0; p < t.modulus; p++) {
    const size_t at = p * t.stride + first;
    float* dU = panel.dU + (size_t)p * panelWidth;
    const float* dV = panel.dV + (size_t)p * panelWidth;
    if (t.tied) {
      for (int x = 0; x < panel.width; x += lanes) store(dU + x, add(load(dU + x), load(dV + x)));
    } else {
      updateRow(t.update, t.V, at, dV, panel.width);
      clearPadding(t.V, at, muColumn, panel.width);
    }
    updateRow(t.update, t.U, at, dU, panel.width);
    clearPadding(t.U, at, muColumn, panel.width);
    if (!hasBias) continue;
    for (int x = 0; x < panel.width; x += lanes) {
      store(t.shiftedU + at + x,
            add(load(t.U.value + at + x), load(t.hiddenBias.value + first + x)));
    }
  }
}

// For Muon, which needs whole gradients: copies them out, and steps only the hidden bias.
UT_NOINLINE void storeGradients(const Training& t, const Panel& panel, int first, int muColumn) {
  if (!t.freezeFirstLayer && t.hiddenBias.value) {
    updateHiddenBias(t, panel, first);
    clearPadding(t.hiddenBias, first, muColumn, panel.width);
  }
  for (int p = 0; p < t.modulus; p++) {
    const size_t at = p * t.stride + first, row = (size_t)p * panelWidth;
    for (int x = 0; x < panel.width; x += lanes) {
      store(t.gradientW + at + x, load(panel.dW + row + x));
      if (t.freezeFirstLayer) continue;
      const Vec dU = load(panel.dU + row + x), dV = load(panel.dV + row + x);
      store(t.gradientU + at + x, t.tied ? add(dU, dV) : dU);
      if (!t.tied) store(t.gradientV + at + x, dV);
    }
    if (t.freezeFirstLayer) continue;
    for (int j = muColumn; j < panel.width; j++) {
      t.gradientU[at + j] = 0.f;
      if (!t.tied) t.gradientV[at + j] = 0.f;
    }
  }
}

UT_NOINLINE void backward(const Training& t, int firstUnit, int endUnit, float* scratch) {
  const int first = firstUnit * unitWidth, width = (endUnit - firstUnit) * unitWidth;
  const int muColumn = t.width - first < width ? t.width - first : width;
  Panel panel(scratch, t.modulus, width);
  loadPanel(t, panel, first);
  withActivation(t.activation, [&](auto of) {
    panelGradients<decltype(of)::value>(t, panel, muColumn);
  });
  if (t.gradientW) {
    storeGradients(t, panel, first, muColumn);
    return;
  }
  for (int p = 0; p < t.modulus; p++) {
    updateRow(t.update, t.W, p * t.stride + first, panel.dW + (size_t)p * panelWidth, width);
  }
  if (!t.freezeFirstLayer) updateFirstLayer(t, panel, first, muColumn);
  packW(t.packedW, t.W.value, t.modulus, t.stride, firstUnit, endUnit);
}

}  // namespace UNDERTONE_ISA
}  // namespace undertone
