// The inner loops that all heavy work comes down to: a block of accumulators, each one sequential
// chain of fused multiply-adds over k.
#pragma once
#include "tiles.hpp"

namespace undertone {
namespace UNDERTONE_ISA {

// sum[r][v] += Σ_k scalar[k·step + r·stride] · vector[k·vectorStride + v·lanes …]
template <int Rows, int Vectors>
UT_INLINE void accumulate(Vec (&sum)[Rows][Vectors], const float* __restrict vector,
                          size_t vectorStride, const float* __restrict scalar, size_t step,
                          size_t stride, int count) {
#if defined(__clang__)
#pragma clang loop unroll(disable)
#endif
  for (int k = 0; k < count; k++) {
    Vec lane[Vectors];
    UT_UNROLL for (int v = 0; v < Vectors; v++) lane[v] = load(vector + v * lanes);
    UT_UNROLL for (int r = 0; r < Rows; r++) {
      Vec factor = broadcast(scalar + r * stride);
      UT_UNROLL for (int v = 0; v < Vectors; v++) sum[r][v] = fma(factor, lane[v], sum[r][v]);
    }
    vector += vectorStride;
    scalar += step;
  }
}

template <int Rows, int Vectors>
UT_INLINE void loadBlock(Vec (&sum)[Rows][Vectors], const float* from, size_t stride) {
  UT_UNROLL for (int r = 0; r < Rows; r++) {
    UT_UNROLL for (int v = 0; v < Vectors; v++) sum[r][v] = load(from + r * stride + v * lanes);
  }
}

template <int Rows, int Vectors>
UT_INLINE void storeBlock(float* to, size_t stride, const Vec (&sum)[Rows][Vectors]) {
  UT_UNROLL for (int r = 0; r < Rows; r++) {
    UT_UNROLL for (int v = 0; v < Vectors; v++) store(to + r * stride + v * lanes, sum[r][v]);
  }
}

template <int Rows, int Vectors>
UT_INLINE void clearBlock(Vec (&sum)[Rows][Vectors]) {
  UT_UNROLL for (int r = 0; r < Rows; r++) {
    UT_UNROLL for (int v = 0; v < Vectors; v++) sum[r][v] = splat(0.f);
  }
}

// out [Rows][Vectors·lanes] (row stride outStride) = or += Σ_k packed[k][r] · vector[k][…]
template <int Rows, int Vectors>
UT_NOINLINE void productBlock(float* out, size_t outStride, const float* vector,
                              size_t vectorStride, const float* packed, int count, bool first) {
  Vec sum[Rows][Vectors];
  if (first) clearBlock(sum);
  else loadBlock(sum, out, outStride);
  accumulate(sum, vector, vectorStride, packed, Rows, 1, count);
  storeBlock(out, outStride, sum);
}

// A number known to the compiler, handed to a generic lambda.
template <int Value>
struct Constant {
  static constexpr int value = Value;
};

// Calls body(Constant<rows>()) for 1 ≤ rows ≤ forwardRows.
template <int Rows = forwardRows, typename Body>
UT_INLINE void withRows(int rows, const Body& body) {
  if constexpr (Rows == 1) {
    body(Constant<1>());
  } else {
    if (rows == Rows) body(Constant<Rows>());
    else withRows<Rows - 1>(rows, body);
  }
}

// Covers `width` columns (a multiple of lanes) with blocks as wide as registers allow:
// body(Constant<vectors in block>(), first column).
template <typename Body>
UT_INLINE void overColumns(int width, const Body& body) {
  int x = 0;
  for (; x + stripe <= width; x += stripe) body(Constant<vectors>(), x);
  if constexpr (vectors > 2) {
    for (; x + 2 * lanes <= width; x += 2 * lanes) body(Constant<2>(), x);
  }
  for (; x < width; x += lanes) body(Constant<1>(), x);
}

}  // namespace UNDERTONE_ISA
}  // namespace undertone
