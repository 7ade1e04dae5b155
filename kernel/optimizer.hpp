// The optimizers, element by element, over a row of one panel: formulas as in PyTorch.
#pragma once
#include "kernel.hpp"
#include "vector.hpp"

namespace undertone {
namespace UNDERTONE_ISA {

// AdamW: p ← (1 − lr·wd)·p − lr/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε). Adam: the decay is added to the
// gradient instead.
template <bool coupled>
UT_INLINE void adamRow(const Update& u, float* p, float* m, float* v, const float* g, int width) {
  const Vec beta1 = splat(u.beta1), beta2 = splat(u.beta2);
  const Vec rest1 = splat(u.oneMinusBeta1), rest2 = splat(u.oneMinusBeta2);
  const Vec decay = splat(coupled ? u.coupledDecay : u.keep), rate = splat(u.negativeRate);
  const Vec scale = splat(u.secondScale), epsilon = splat(u.epsilon);
  for (int x = 0; x < width; x += lanes) {
    Vec value = load(p + x), gradient = load(g + x);
    if (coupled) gradient = fma(decay, value, gradient);
    else value = mul(value, decay);
    Vec first = fma(rest1, gradient, mul(load(m + x), beta1));
    Vec second = fma(mul(rest2, gradient), gradient, mul(load(v + x), beta2));
    store(m + x, first);
    store(v + x, second);
    Vec denominator = add(mul(sqrt(second), scale), epsilon);
    store(p + x, fma(rate, div(first, denominator), value));
  }
}

// SGD with momentum: b ← μ·b + g + wd·p, p ← p − lr·b.
UT_INLINE void sgdRow(const Update& u, float* p, float* buffer, const float* g, int width) {
  const Vec momentum = splat(u.momentum), decay = splat(u.coupledDecay);
  const Vec rate = splat(u.negativeRate);
  for (int x = 0; x < width; x += lanes) {
    Vec value = load(p + x);
    Vec b = fma(momentum, load(buffer + x), fma(decay, value, load(g + x)));
    store(buffer + x, b);
    store(p + x, fma(rate, b, value));
  }
}

UT_INLINE void updateRow(const Update& u, const Parameter& parameter, size_t at, const float* g,
                         int width) {
  float* p = parameter.value + at;
  float* first = parameter.first + at;
  switch (u.rule) {
    case Rule::adamw: adamRow<false>(u, p, first, parameter.second + at, g, width); break;
    case Rule::adam: adamRow<true>(u, p, first, parameter.second + at, g, width); break;
    case Rule::sgd: sgdRow(u, p, first, g, width); break;
    case Rule::muon: break;  // muon.cpp
  }
}

}  // namespace UNDERTONE_ISA
}  // namespace undertone
