// The thin SIMD header: one vector type `Vec` of `lanes` floats and the few operations the kernel
// needs, one block per instruction set. Everything above this file is written once.
//
// Every operation must give the same bits in every lane on every instruction set. Hence the exact
// meaning of the comparisons, in which zeros and NaN matter:
//   larger(a, b)          a > b ? a : b      (b where either is NaN)
//   smaller(a, b)         a < b ? a : b      (b where either is NaN)
//   whereGreater(a, b, x) a > b ? x : 0
//   selectLess(a, b, t, f) a < b ? t : f
// and fma(a, b, c) = a·b + c is rounded once.
#pragma once
#include <stddef.h>
#include <stdint.h>

#define UT_INLINE static inline __attribute__((always_inline))
#define UT_NOINLINE static __attribute__((noinline))
#define UT_UNROLL _Pragma("GCC unroll 32")

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#else
#error "the kernel has no vector block for this target yet"
#endif

namespace undertone {
namespace UNDERTONE_ISA {

#if defined(__AVX512F__)

typedef __m512 Vec;
constexpr int lanes = 16;

UT_INLINE Vec load(const float* p) { return _mm512_loadu_ps(p); }
UT_INLINE void store(float* p, Vec v) { _mm512_storeu_ps(p, v); }
UT_INLINE Vec splat(float x) { return _mm512_set1_ps(x); }
// The empty asm keeps the compiler from folding the broadcast into each fused multiply-add that
// uses it, which would load it again every time.
UT_INLINE Vec broadcast(const float* p) {
  Vec v = _mm512_set1_ps(*p);
  asm("" : "+v"(v));
  return v;
}
UT_INLINE Vec add(Vec a, Vec b) { return _mm512_add_ps(a, b); }
UT_INLINE Vec sub(Vec a, Vec b) { return _mm512_sub_ps(a, b); }
UT_INLINE Vec mul(Vec a, Vec b) { return _mm512_mul_ps(a, b); }
UT_INLINE Vec div(Vec a, Vec b) { return _mm512_div_ps(a, b); }
UT_INLINE Vec sqrt(Vec a) { return _mm512_sqrt_ps(a); }
UT_INLINE Vec fma(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }
UT_INLINE Vec larger(Vec a, Vec b) { return _mm512_max_ps(a, b); }
UT_INLINE Vec smaller(Vec a, Vec b) { return _mm512_min_ps(a, b); }
UT_INLINE Vec whereGreater(Vec a, Vec b, Vec x) {
  return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(a, b, _CMP_GT_OQ), x);
}
UT_INLINE Vec selectLess(Vec a, Vec b, Vec t, Vec f) {
  return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), f, t);
}
// Adds the low bits of t, as an integer, to the exponent of y.
UT_INLINE Vec addExponent(Vec t, Vec y) {
  return _mm512_castsi512_ps(
      _mm512_add_epi32(_mm512_slli_epi32(_mm512_castps_si512(t), 23), _mm512_castps_si512(y)));
}
// x = mantissa(x) · 2^exponent(x) with the mantissa in [½, 1), for positive normal x.
UT_INLINE Vec exponent(Vec x) {
  return _mm512_cvtepi32_ps(
      _mm512_sub_epi32(_mm512_srli_epi32(_mm512_castps_si512(x), 23), _mm512_set1_epi32(126)));
}
UT_INLINE Vec mantissa(Vec x) {
  return _mm512_castsi512_ps(
      _mm512_or_si512(_mm512_and_si512(_mm512_castps_si512(x), _mm512_set1_epi32(0x007fffff)),
                      _mm512_set1_epi32(0x3f000000)));
}
// r[i][k] ↔ r[k][i] of a lanes × lanes square.
UT_INLINE void transpose(Vec (&r)[lanes]) {
  Vec t[16];
  UT_UNROLL for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_ps(r[i], r[i + 1]);
    t[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
  }
  UT_UNROLL for (int i = 0; i < 16; i += 4) {
    UT_UNROLL for (int k = 0; k < 2; k++) {
      __m512d a = _mm512_castps_pd(t[i + k]), b = _mm512_castps_pd(t[i + k + 2]);
      r[i + 2 * k] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b));
      r[i + 2 * k + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, b));
    }
  }
  UT_UNROLL for (int i = 0; i < 4; i++) {
    t[i] = _mm512_shuffle_f32x4(r[i], r[i + 4], 0x88);
    t[i + 4] = _mm512_shuffle_f32x4(r[i], r[i + 4], 0xdd);
    t[i + 8] = _mm512_shuffle_f32x4(r[i + 8], r[i + 12], 0x88);
    t[i + 12] = _mm512_shuffle_f32x4(r[i + 8], r[i + 12], 0xdd);
  }
  UT_UNROLL for (int i = 0; i < 8; i++) {
    r[i] = _mm512_shuffle_f32x4(t[i], t[i + 8], 0x88);
    r[i + 8] = _mm512_shuffle_f32x4(t[i], t[i + 8], 0xdd);
  }
}

#elif defined(__AVX2__)

typedef __m256 Vec;
constexpr int lanes = 8;

UT_INLINE Vec load(const float* p) { return _mm256_loadu_ps(p); }
UT_INLINE void store(float* p, Vec v) { _mm256_storeu_ps(p, v); }
UT_INLINE Vec splat(float x) { return _mm256_set1_ps(x); }
UT_INLINE Vec broadcast(const float* p) { return _mm256_broadcast_ss(p); }
UT_INLINE Vec add(Vec a, Vec b) { return _mm256_add_ps(a, b); }
UT_INLINE Vec sub(Vec a, Vec b) { return _mm256_sub_ps(a, b); }
UT_INLINE Vec mul(Vec a, Vec b) { return _mm256_mul_ps(a, b); }
UT_INLINE Vec div(Vec a, Vec b) { return _mm256_div_ps(a, b); }
UT_INLINE Vec sqrt(Vec a) { return _mm256_sqrt_ps(a); }
UT_INLINE Vec fma(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }
UT_INLINE Vec larger(Vec a, Vec b) { return _mm256_max_ps(a, b); }
UT_INLINE Vec smaller(Vec a, Vec b) { return _mm256_min_ps(a, b); }
UT_INLINE Vec whereGreater(Vec a, Vec b, Vec x) {
  return _mm256_and_ps(_mm256_cmp_ps(a, b, _CMP_GT_OQ), x);
}
UT_INLINE Vec selectLess(Vec a, Vec b, Vec t, Vec f) {
  return _mm256_blendv_ps(f, t, _mm256_cmp_ps(a, b, _CMP_LT_OQ));
}
UT_INLINE Vec addExponent(Vec t, Vec y) {
  return _mm256_castsi256_ps(
      _mm256_add_epi32(_mm256_slli_epi32(_mm256_castps_si256(t), 23), _mm256_castps_si256(y)));
}
UT_INLINE Vec exponent(Vec x) {
  return _mm256_cvtepi32_ps(
      _mm256_sub_epi32(_mm256_srli_epi32(_mm256_castps_si256(x), 23), _mm256_set1_epi32(126)));
}
UT_INLINE Vec mantissa(Vec x) {
  return _mm256_castsi256_ps(
      _mm256_or_si256(_mm256_and_si256(_mm256_castps_si256(x), _mm256_set1_epi32(0x007fffff)),
                      _mm256_set1_epi32(0x3f000000)));
}
UT_INLINE void transpose(Vec (&r)[lanes]) {
  Vec t[8];
  UT_UNROLL for (int i = 0; i < 8; i += 2) {
    t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
    t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
  }
  UT_UNROLL for (int i = 0; i < 8; i += 4) {
    UT_UNROLL for (int k = 0; k < 2; k++) {
      r[i + 2 * k] = _mm256_shuffle_ps(t[i + k], t[i + k + 2], 0x44);
      r[i + 2 * k + 1] = _mm256_shuffle_ps(t[i + k], t[i + k + 2], 0xee);
    }
  }
  UT_UNROLL for (int i = 0; i < 4; i++) {
    t[i] = _mm256_permute2f128_ps(r[i], r[i + 4], 0x20);
    t[i + 4] = _mm256_permute2f128_ps(r[i], r[i + 4], 0x31);
  }
  UT_UNROLL for (int i = 0; i < 8; i++) r[i] = t[i];
}

#endif

}  // namespace UNDERTONE_ISA
}  // namespace undertone
