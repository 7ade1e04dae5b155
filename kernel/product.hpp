// The general matrix product C [m, n] = A [m, k] · B [k, n], row-major, from the same inner loop.
// Each element of C is one chain of fused multiply-adds over k in order.
// B is packed once into column panels [k][stripe] (the last one narrower, padded with zeros); each
// task packs the rows of A that it needs, a block of k at a time, into row groups [k][rows].
#pragma once
#include "kernel.hpp"
#include "microkernel.hpp"

namespace undertone {
namespace UNDERTONE_ISA {

constexpr int productGroups = 8;  // row groups of A that are packed together
constexpr size_t packedBlock = (size_t)productGroups * forwardRows * productDepth + lanes;

UT_INLINE int panelsOf(int n) { return (n + stripe - 1) / stripe; }
// Columns a panel takes once padded to whole vectors.
UT_INLINE int paddedColumns(int n, int panel) {
  const int left = n - panel * stripe;
  return left >= stripe ? stripe : (left + lanes - 1) / lanes * lanes;
}
UT_INLINE size_t packedSize(int k, int n) {
  return (size_t)k * ((size_t)(panelsOf(n) - 1) * stripe + paddedColumns(n, panelsOf(n) - 1));
}

UT_NOINLINE void packPanel(const Product& product, int panel) {
  const int column = panel * stripe, padded = paddedColumns(product.n, panel);
  const int columns = product.n - column < padded ? product.n - column : padded;
  float* to = product.packedB + (size_t)product.k * column;
  for (int k = 0; k < product.k; k++, to += padded) {
    const float* from = product.b + (size_t)k * product.n + column;
    for (int x = 0; x < columns; x++) to[x] = from[x];
    for (int x = columns; x < padded; x++) to[x] = 0.f;
  }
}

// packed[k][r] = a[r][k] for `rows` rows and `depth` columns of A. Whole squares go through the
// transpose; a store then runs past its row and is overwritten by the next (hence the slack).
UT_NOINLINE void packRows(float* packed, const float* a, size_t stride, int rows, int depth) {
  int k = 0;
  if (forwardRows <= lanes) {
    for (; k + lanes <= depth; k += lanes) {
      Vec square[lanes];
      UT_UNROLL for (int r = 0; r < lanes; r++) {
        square[r] = r < rows ? load(a + r * stride + k) : splat(0.f);
      }
      transpose(square);
      UT_UNROLL for (int i = 0; i < lanes; i++) store(packed + (k + i) * rows, square[i]);
    }
  }
  for (; k < depth; k++) {
    for (int r = 0; r < rows; r++) packed[k * rows + r] = a[r * stride + k];
  }
}

// Rows [firstRow, endRow) and panels [firstPanel, endPanel) of C.
UT_NOINLINE void productTask(const Product& product, int firstRow, int endRow, int firstPanel,
                             int endPanel, float* scratch) {
  const RowGroups groups{endRow - firstRow, forwardRows};
  float edge[forwardRows * stripe];
  for (int block = 0; block < groups.groups(); block += productGroups) {
    const int stop = groups.groups() - block < productGroups ? groups.groups() : block + productGroups;
    const int origin = groups.start(block);
    for (int k = 0; k < product.k; k += productDepth) {
      const int depth = product.k - k < productDepth ? product.k - k : productDepth;
      for (int g = block; g < stop; g++) {
        const int row = groups.start(g);
        packRows(scratch + (size_t)(row - origin) * depth,
                 product.a + (size_t)(firstRow + row) * product.k + k, product.k, groups.size(g),
                 depth);
      }
      for (int panel = firstPanel; panel < endPanel; panel++) {
        const int column = panel * stripe, padded = paddedColumns(product.n, panel);
        const int columns = product.n - column < padded ? product.n - column : padded;
        const float* b = product.packedB + (size_t)product.k * column + (size_t)k * padded;
        for (int g = block; g < stop; g++) {
          const int row = groups.start(g), rows = groups.size(g);
          const float* packed = scratch + (size_t)(row - origin) * depth;
          float* c = product.c + (size_t)(firstRow + row) * product.n + column;
          // A block that sticks out of C is worked on beside it.
          float* out = columns == padded ? c : edge;
          const size_t stride = columns == padded ? product.n : stripe;
          if (out == edge && k > 0) {
            for (int r = 0; r < rows; r++) {
              for (int x = 0; x < columns; x++) edge[r * stripe + x] = c[(size_t)r * product.n + x];
            }
          }
          withRows(rows, [&](auto constant) {
            overColumns(padded, [&](auto wide, int x) {
              productBlock<decltype(constant)::value, decltype(wide)::value>(
                  out + x, stride, b + x, padded, packed, depth, k == 0);
            });
          });
          if (out == edge) {
            for (int r = 0; r < rows; r++) {
              for (int x = 0; x < columns; x++) c[(size_t)r * product.n + x] = edge[r * stripe + x];
            }
          }
        }
      }
    }
  }
}

}  // namespace UNDERTONE_ISA
}  // namespace undertone
