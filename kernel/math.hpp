// exp, log and the normal distribution as fixed polynomials of fused multiply-adds: the same bits
// on every instruction set, which no C library promises. Maximum errors are measured in the tests.
#pragma once
#include "vector.hpp"

namespace undertone {
namespace UNDERTONE_ISA {

// e^x for x ≤ 0 (what softmax needs; correct up to 88). Cephes expf: r = x − k·ln 2 in two steps,
// degree-5 polynomial. Below −87 it stays at e^−87 ≈ 1.6e-38. NaN stays NaN. Error < 1.1 ulp.
UT_INLINE Vec exp(Vec x) {
  x = larger(splat(-87.f), x);
  const Vec shift = splat(12582912.f);  // 1.5·2^23: adding it rounds to an integer
  Vec t = fma(x, splat(1.44269504088896341f), shift);
  Vec k = sub(t, shift);
  Vec r = fma(k, splat(-0.693359375f), x);
  r = fma(k, splat(2.12194440e-4f), r);
  Vec y = splat(1.9875691500e-4f);
  y = fma(y, r, splat(1.3981999507e-3f));
  y = fma(y, r, splat(8.3334519073e-3f));
  y = fma(y, r, splat(4.1665795894e-2f));
  y = fma(y, r, splat(1.6666665459e-1f));
  y = fma(y, r, splat(5.0000001201e-1f));
  y = fma(mul(y, r), r, r);
  return addExponent(t, add(y, splat(1.f)));
}

// ln x for positive normal x. Cephes logf: mantissa in [√½, √2), degree-8 polynomial. Error < 0.9
// ulp for x ≥ 1. Anything not positive and normal gives a meaningless number, not NaN.
UT_INLINE Vec log(Vec x) {
  const Vec one = splat(1.f), rootHalf = splat(0.707106781186547524f);
  Vec e = exponent(x), m = mantissa(x);
  e = selectLess(m, rootHalf, sub(e, one), e);
  m = selectLess(m, rootHalf, sub(add(m, m), one), sub(m, one));
  Vec z = mul(m, m);
  Vec y = splat(7.0376836292e-2f);
  y = fma(y, m, splat(-1.1514610310e-1f));
  y = fma(y, m, splat(1.1676998740e-1f));
  y = fma(y, m, splat(-1.2420140846e-1f));
  y = fma(y, m, splat(1.4249322787e-1f));
  y = fma(y, m, splat(-1.6668057665e-1f));
  y = fma(y, m, splat(2.0000714765e-1f));
  y = fma(y, m, splat(-2.4999993993e-1f));
  y = fma(y, m, splat(3.3333331174e-1f));
  y = mul(mul(y, m), z);
  y = fma(e, splat(-2.12194440e-4f), y);
  y = fma(z, splat(-0.5f), y);
  return fma(e, splat(0.693359375f), add(m, y));
}

struct Normal {
  Vec density;       // e^(−x²/2) / √(2π)
  Vec distribution;  // Φ(x)
};

// The standard normal density and distribution, sharing one exp. With t = |x| ≤ 13 and
// u = 1/(1 + 0.27 t), Φ(−t) = e^(−t²/2)·u·S(u), S of degree 8: our own minimax fit of the scaled
// complementary error function (weighted least squares, Lawson's iteration; relative error 2.4e-8).
// Error < 7 ulp below 0 and < 4 ulp above. Beyond 13 the tails stay at their values there, 6e-39
// and a density of 8e-38. NaN stays NaN.
UT_INLINE Normal normal(Vec x) {
  const Vec zero = splat(0.f), one = splat(1.f);
  Vec t = smaller(splat(13.f), larger(sub(zero, x), x));
  Vec square = mul(t, t);
  Vec lost = fma(t, t, sub(zero, square));  // what rounding the square lost; e^−t² would amplify it
  Vec e = exp(mul(square, splat(-0.5f)));
  e = fma(mul(e, splat(-0.5f)), lost, e);
  Vec u = div(one, fma(t, splat(0.27f), one));
  Vec s = splat(0.028915274888277054f);
  s = fma(s, u, splat(-0.12625527381896973f));
  s = fma(s, u, splat(0.1692914068698883f));
  s = fma(s, u, splat(-0.068620964884758f));
  s = fma(s, u, splat(0.10739941149950027f));
  s = fma(s, u, splat(0.07224030047655106f));
  s = fma(s, u, splat(0.1017591580748558f));
  s = fma(s, u, splat(0.10755050927400589f));
  s = fma(s, u, splat(0.10772018134593964f));
  Vec tail = mul(e, mul(s, u));
  return {mul(e, splat(0.398942280401432678f)), selectLess(x, zero, tail, sub(one, tail))};
}

}  // namespace UNDERTONE_ISA
}  // namespace undertone
