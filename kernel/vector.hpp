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
#elif defined(__aarch64__)
#include <arm_neon.h>
#elif defined(__wasm_simd128__)
#include <wasm_simd128.h>
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

#elif defined(__aarch64__)

typedef float32x4_t Vec;
constexpr int lanes = 4;

UT_INLINE Vec load(const float* p) { return vld1q_f32(p); }
UT_INLINE void store(float* p, Vec v) { vst1q_f32(p, v); }
UT_INLINE Vec splat(float x) { return vdupq_n_f32(x); }
// The empty asm keeps the compiler from loading all scalars of a block at once and spilling sums.
UT_INLINE Vec broadcast(const float* p) {
  Vec v = vld1q_dup_f32(p);
  asm("" : "+w"(v));
  return v;
}
UT_INLINE Vec add(Vec a, Vec b) { return vaddq_f32(a, b); }
UT_INLINE Vec sub(Vec a, Vec b) { return vsubq_f32(a, b); }
UT_INLINE Vec mul(Vec a, Vec b) { return vmulq_f32(a, b); }
UT_INLINE Vec div(Vec a, Vec b) { return vdivq_f32(a, b); }
UT_INLINE Vec sqrt(Vec a) { return vsqrtq_f32(a); }
UT_INLINE Vec fma(Vec a, Vec b, Vec c) { return vfmaq_f32(c, a, b); }
// Not vmaxq and vminq: they treat NaN and zeros in another way.
UT_INLINE Vec larger(Vec a, Vec b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
UT_INLINE Vec smaller(Vec a, Vec b) { return vbslq_f32(vcltq_f32(a, b), a, b); }
UT_INLINE Vec whereGreater(Vec a, Vec b, Vec x) {
  return vreinterpretq_f32_u32(vandq_u32(vcgtq_f32(a, b), vreinterpretq_u32_f32(x)));
}
UT_INLINE Vec selectLess(Vec a, Vec b, Vec t, Vec f) { return vbslq_f32(vcltq_f32(a, b), t, f); }
UT_INLINE Vec addExponent(Vec t, Vec y) {
  return vreinterpretq_f32_u32(
      vaddq_u32(vshlq_n_u32(vreinterpretq_u32_f32(t), 23), vreinterpretq_u32_f32(y)));
}
UT_INLINE Vec exponent(Vec x) {
  return vcvtq_f32_s32(vsubq_s32(
      vreinterpretq_s32_u32(vshrq_n_u32(vreinterpretq_u32_f32(x), 23)), vdupq_n_s32(126)));
}
UT_INLINE Vec mantissa(Vec x) {
  return vreinterpretq_f32_u32(
      vorrq_u32(vandq_u32(vreinterpretq_u32_f32(x), vdupq_n_u32(0x007fffff)),
                vdupq_n_u32(0x3f000000)));
}
UT_INLINE void transpose(Vec (&r)[lanes]) {
  float64x2_t a = vreinterpretq_f64_f32(vtrn1q_f32(r[0], r[1]));
  float64x2_t b = vreinterpretq_f64_f32(vtrn2q_f32(r[0], r[1]));
  float64x2_t c = vreinterpretq_f64_f32(vtrn1q_f32(r[2], r[3]));
  float64x2_t d = vreinterpretq_f64_f32(vtrn2q_f32(r[2], r[3]));
  r[0] = vreinterpretq_f32_f64(vtrn1q_f64(a, c));
  r[1] = vreinterpretq_f32_f64(vtrn1q_f64(b, d));
  r[2] = vreinterpretq_f32_f64(vtrn2q_f64(a, c));
  r[3] = vreinterpretq_f32_f64(vtrn2q_f64(b, d));
}

#elif defined(__wasm_simd128__)

typedef v128_t Vec;
constexpr int lanes = 4;

UT_INLINE Vec load(const float* p) { return wasm_v128_load(p); }
UT_INLINE void store(float* p, Vec v) { wasm_v128_store(p, v); }
UT_INLINE Vec splat(float x) { return wasm_f32x4_splat(x); }
UT_INLINE Vec broadcast(const float* p) { return wasm_v128_load32_splat(p); }
UT_INLINE Vec add(Vec a, Vec b) { return wasm_f32x4_add(a, b); }
UT_INLINE Vec sub(Vec a, Vec b) { return wasm_f32x4_sub(a, b); }
UT_INLINE Vec mul(Vec a, Vec b) { return wasm_f32x4_mul(a, b); }
UT_INLINE Vec div(Vec a, Vec b) { return wasm_f32x4_div(a, b); }
UT_INLINE Vec sqrt(Vec a) { return wasm_f32x4_sqrt(a); }
// The relaxed operation may be rounded once or twice, as the engine likes: whoever loads the module
// tests which. Without it, it is always twice.
UT_INLINE Vec fma(Vec a, Vec b, Vec c) {
#if defined(__wasm_relaxed_simd__)
  return wasm_f32x4_relaxed_madd(a, b, c);
#else
  return wasm_f32x4_add(wasm_f32x4_mul(a, b), c);
#endif
}
UT_INLINE Vec larger(Vec a, Vec b) { return wasm_f32x4_pmax(b, a); }   // pmax(x, y): x < y ? y : x
UT_INLINE Vec smaller(Vec a, Vec b) { return wasm_f32x4_pmin(b, a); }  // pmin(x, y): y < x ? y : x
UT_INLINE Vec whereGreater(Vec a, Vec b, Vec x) { return wasm_v128_and(wasm_f32x4_gt(a, b), x); }
UT_INLINE Vec selectLess(Vec a, Vec b, Vec t, Vec f) {
  return wasm_v128_bitselect(t, f, wasm_f32x4_lt(a, b));
}
UT_INLINE Vec addExponent(Vec t, Vec y) { return wasm_i32x4_add(wasm_i32x4_shl(t, 23), y); }
UT_INLINE Vec exponent(Vec x) {
  return wasm_f32x4_convert_i32x4(wasm_i32x4_sub(wasm_u32x4_shr(x, 23), wasm_i32x4_splat(126)));
}
UT_INLINE Vec mantissa(Vec x) {
  return wasm_v128_or(wasm_v128_and(x, wasm_i32x4_splat(0x007fffff)),
                      wasm_i32x4_splat(0x3f000000));
}
UT_INLINE void transpose(Vec (&r)[lanes]) {
  Vec a = wasm_i32x4_shuffle(r[0], r[1], 0, 4, 1, 5), b = wasm_i32x4_shuffle(r[0], r[1], 2, 6, 3, 7);
  Vec c = wasm_i32x4_shuffle(r[2], r[3], 0, 4, 1, 5), d = wasm_i32x4_shuffle(r[2], r[3], 2, 6, 3, 7);
  r[0] = wasm_i64x2_shuffle(a, c, 0, 2);
  r[1] = wasm_i64x2_shuffle(a, c, 1, 3);
  r[2] = wasm_i64x2_shuffle(b, d, 0, 2);
  r[3] = wasm_i64x2_shuffle(b, d, 1, 3);
}

#endif

}  // namespace UNDERTONE_ISA
}  // namespace undertone
