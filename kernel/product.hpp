// The general matrix product C [m, n] = A [m, k] · B [k, n], row-major, from the same inner loop.
// Each element of C is one chain of fused multiply-adds over k in order.
// A column panel of B is packed a block of k at a time, padded with zeros to whole vectors, and
// stays in cache while all rows of the task pass over it; A is read where it lies.
#pragma once
#include "kernel.hpp"
#include "microkernel.hpp"

namespace undertone {
namespace UNDERTONE_ISA {

constexpr size_t productScratch = (size_t)productDepth * stripe;

// out [Rows][Vectors·lanes] = or += a [Rows][depth] · b [depth][Vectors·lanes …]
template <int Rows, int Vectors>
UT_NOINLINE void rowProductBlock(float* out, size_t outStride, const float* b, size_t bStride,
                                 const float* a, size_t aStride, int depth, bool first) {
  Vec sum[Rows][Vectors];
  if (first) clearBlock(sum);
  else loadBlock(sum, out, outStride);
  accumulate(sum, b, bStride, a, 1, aStride, depth);
  storeBlock(out, outStride, sum);
}

// to [depth][padded] from `columns` columns of B.
UT_NOINLINE void packPanel(float* to, const float* from, size_t stride, int depth, int columns,
                           int padded) {
  for (int k = 0; k < depth; k++, to += padded, from += stride) {
    int x = 0;
    for (; x + lanes <= columns; x += lanes) store(to + x, load(from + x));
    for (; x < columns; x++) to[x] = from[x];
    for (; x < padded; x++) to[x] = 0.f;
  }
}

UT_INLINE void copyBlock(float* to, size_t toStride, const float* from, size_t fromStride, int rows,
                         int columns) {
  for (int r = 0; r < rows; r++) {
    for (int x = 0; x < columns; x++) to[r * toStride + x] = from[r * fromStride + x];
  }
}

// Rows [firstRow, endRow) and column panels [firstPanel, endPanel) of C.
UT_NOINLINE void productTask(const Product& product, int firstRow, int endRow, int firstPanel,
                             int endPanel, float* scratch) {
  const RowGroups groups{endRow - firstRow, forwardRows};
  float edge[forwardRows * stripe];
  for (int k = 0; k < product.k; k += productDepth) {
    const int depth = product.k - k < productDepth ? product.k - k : productDepth;
    for (int panel = firstPanel; panel < endPanel; panel++) {
      const int column = panel * stripe, left = product.n - column;
      const int columns = left < stripe ? left : stripe;
      const int padded = (columns + lanes - 1) / lanes * lanes;
      packPanel(scratch, product.b + (size_t)k * product.n + column, product.n, depth, columns,
                padded);
      for (int g = 0; g < groups.groups(); g++) {
        const int row = firstRow + groups.start(g), rows = groups.size(g);
        float* c = product.c + (size_t)row * product.n + column;
        // A block that sticks out of C is worked on beside it.
        float* out = columns == padded ? c : edge;
        const size_t stride = columns == padded ? product.n : stripe;
        if (out == edge && k > 0) copyBlock(edge, stripe, c, product.n, rows, columns);
        withRows(rows, [&](auto constant) {
          overColumns(padded, [&](auto wide, int x) {
            rowProductBlock<decltype(constant)::value, decltype(wide)::value>(
                out + x, stride, scratch + x, padded, product.a + (size_t)row * product.k + k,
                product.k, depth, k == 0);
          });
        });
        if (out == edge) copyBlock(c, product.n, edge, stripe, rows, columns);
      }
    }
  }
}

}  // namespace UNDERTONE_ISA
}  // namespace undertone
