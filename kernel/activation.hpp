// The activations φ and what the backward pass needs of them, in vector form.
#pragma once
#include "kernel.hpp"
#include "math.hpp"

namespace undertone {
namespace UNDERTONE_ISA {

// For the two ReLUs the activation itself says where the derivative is zero; the others keep φ′(x)
// beside φ(x).
template <Activation activation>
constexpr bool keepsSlope = activation == Activation::quadratic || activation == Activation::gelu;

template <Activation activation>
UT_INLINE Vec activate(Vec x) {
  const Vec zero = splat(0.f);
  if constexpr (activation == Activation::relu) return larger(zero, x);
  if constexpr (activation == Activation::reverseRelu) return larger(zero, sub(zero, x));
  if constexpr (activation == Activation::quadratic) return mul(x, x);
  if constexpr (activation == Activation::gelu) return mul(x, normal(x).distribution);
}

// φ(x), and φ′(x) in `slope` where `keepsSlope`.
template <Activation activation>
UT_INLINE Vec activateWithSlope(Vec x, Vec& slope) {
  if constexpr (activation == Activation::quadratic) {
    slope = add(x, x);
    return mul(x, x);
  } else if constexpr (activation == Activation::gelu) {
    Normal n = normal(x);
    slope = fma(x, n.density, n.distribution);
    return mul(x, n.distribution);
  } else {
    return activate<activation>(x);
  }
}

// The gradient of x from the gradient of φ(x); `kept` is φ(x), or φ′(x) where `keepsSlope`.
template <Activation activation>
UT_INLINE Vec backThrough(Vec kept, Vec gradient) {
  const Vec zero = splat(0.f);
  if constexpr (activation == Activation::relu) return whereGreater(kept, zero, gradient);
  else if constexpr (activation == Activation::reverseRelu)
    return whereGreater(kept, zero, sub(zero, gradient));
  else return mul(kept, gradient);
}

// Calls body with the activation as a template argument: body(Of<activation>()).
template <Activation activation>
struct Of {
  static constexpr Activation value = activation;
};
template <typename Body>
UT_INLINE void withActivation(Activation activation, const Body& body) {
  switch (activation) {
    case Activation::relu: body(Of<Activation::relu>()); break;
    case Activation::quadratic: body(Of<Activation::quadratic>()); break;
    case Activation::gelu: body(Of<Activation::gelu>()); break;
    case Activation::reverseRelu: body(Of<Activation::reverseRelu>()); break;
  }
}

}  // namespace UNDERTONE_ISA
}  // namespace undertone
