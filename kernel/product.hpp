// The general matrix product C [m, n] = A [m, k] · B [k, n], row-major, each factor as it is or stored
// transposed, from the same inner loop. Each element of C is one chain of fused multiply-adds over k
// in order, so a transposition changes no bit.
// A column panel of B is packed a block of k at a time, padded with zeros to whole vectors, and
// stays in cache while all rows of the task pass over it. A is read where it lies; transposed, it is
// packed for all panels of the block first.
#pragma once
#include "kernel.hpp"
#include "microkernel.hpp"

namespace undertone {
namespace UNDERTONE_ISA {

// A panel of B, and the task's rows of A where they are packed.
constexpr size_t panelScratch = (size_t)productDepth * stripe;
static size_t productScratch(bool transposeA) {
  constexpr int groups = RowGroups{productRows, forwardRows}.groups();
  return panelScratch + (transposeA ? (size_t)productDepth * productRows + groups * lanes : 0);
}

// out [Rows][Vectors·lanes] = or += Σ_k a[k·aStep + r·aStride] · b[k·bStride + …]
template <int Rows, int Vectors>
UT_NOINLINE void rowProductBlock(float* out, size_t outStride, const float* b, size_t bStride,
                                 const float* a, size_t aStep, size_t aStride, int depth,
                                 bool first) {
  Vec sum[Rows][Vectors];
  if (first) clearBlock(sum);
  else loadBlock(sum, out, outStride);
  accumulate(sum, b, bStride, a, aStep, aStride, depth);
  storeBlock(out, outStride, sum);
}

// to [depth][padded] from `columns` columns of B [k, n].
UT_NOINLINE void packPanel(float* to, const float* from, size_t stride, int depth, int columns,
                           int padded) {
  for (int k = 0; k < depth; k++, to += padded, from += stride) {
    int x = 0;
    for (; x + lanes <= columns; x += lanes) store(to + x, load(from + x));
    for (; x < columns; x++) to[x] = from[x];
    for (; x < padded; x++) to[x] = 0.f;
  }
}

// The same from `columns` rows of B stored [n, k]: by squares of lanes × lanes, edges one by one.
UT_NOINLINE void packPanelTransposed(float* to, const float* from, size_t stride, int depth,
                                     int columns, int padded) {
  for (int x = 0; x < padded; x += lanes) {
    int k = 0;
    if (x + lanes <= columns) {
      for (; k + lanes <= depth; k += lanes) {
        Vec square[lanes];
        UT_UNROLL for (int i = 0; i < lanes; i++) square[i] = load(from + (x + i) * stride + k);
        transpose(square);
        UT_UNROLL for (int i = 0; i < lanes; i++) store(to + (k + i) * padded + x, square[i]);
      }
    }
    for (; k < depth; k++) {
      for (int i = x; i < x + lanes; i++) {
        to[k * padded + i] = i < columns ? from[i * stride + k] : 0.f;
      }
    }
  }
}

// Where group g begins among packed rows of A. Stores of whole vectors overshoot a group by less than
// the `lanes` floats that lie between groups.
UT_INLINE size_t packedStart(const RowGroups& groups, int g, int depth) {
  return (size_t)groups.start(g) * depth + (size_t)g * lanes;
}

// For each group of rows [depth][rows in group], from A stored [k, m], of which `end` is the end.
// A few k at a time: enough to fill lines of a group, few enough to stay in the first cache, even
// where the stride is a power of two, until the other groups have taken their part of the same lines.
UT_NOINLINE void packRows(float* to, const float* from, size_t stride, const float* end,
                          const RowGroups& groups, int depth) {
  constexpr int few = 8;
  // RowGroups divides in every call, which would take as long as the copying.
  const int shorter = groups.rows / groups.groups(), longer = groups.rows % groups.groups();
  for (int first = 0; first < depth; first += few) {
    const int here = depth - first < few ? depth - first : few;
    const float* groupSource = from + first * stride;
    float* group = to;
    for (int g = 0; g < groups.groups(); g++) {
      const int rows = shorter + (g < longer);
      const float* source = groupSource;
      float* target = group + (size_t)first * rows;
      for (int k = 0; k < here; k++, source += stride, target += rows) {
        for (int r = 0; r < rows; r += lanes) {
          if (end - source >= r + lanes) {
            store(target + r, load(source + r));
          } else {
            for (int i = r; i < rows; i++) target[i] = source[i];
          }
        }
      }
      groupSource += rows;
      group += (size_t)depth * rows + lanes;
    }
  }
}

UT_INLINE void copyBlock(float* to, size_t toStride, const float* from, size_t fromStride, int rows,
                         int columns) {
  for (int r = 0; r < rows; r++) {
    for (int x = 0; x < columns; x++) to[r * toStride + x] = from[r * fromStride + x];
  }
}

// Large matrices don't stay in the second cache: what comes next is fetched while rows are worked on.
template <bool Write>
UT_INLINE void prefetchBlock(const float* from, size_t stride, int rows, int columns) {
  constexpr int line = 16, near = Write ? 3 : 2;
  for (int r = 0; r < rows; r++) {
    for (int x = 0; x < columns; x += line) __builtin_prefetch(from + r * stride + x, Write, near);
  }
}

// Rows [firstRow, endRow) and column panels [firstPanel, endPanel) of C.
UT_NOINLINE void productTask(const Product& product, int firstRow, int endRow, int firstPanel,
                             int endPanel, float* scratch) {
  const size_t m = product.m, n = product.n, all = product.k;
  const size_t bStride = product.transposeB ? all : n;
  const RowGroups groups{endRow - firstRow, forwardRows};
  float* const packedRows = scratch + panelScratch;
  float edge[forwardRows * stripe];
  // Blocks of equal depth: a short last one would pass over all of C for little.
  const int blocks = (product.k + productDepth - 1) / productDepth;
  for (int block = 0; block < blocks; block++) {
    const auto start = [&](int i) { return (int)((int64_t)product.k * i / blocks); };
    const int k = start(block), depth = start(block + 1) - k;
    if (product.transposeA) {
      packRows(packedRows, product.a + k * m + firstRow, m, product.a + all * m, groups, depth);
    }
    for (int panel = firstPanel; panel < endPanel; panel++) {
      const int column = panel * stripe, left = product.n - column;
      const int columns = left < stripe ? left : stripe;
      const int padded = (columns + lanes - 1) / lanes * lanes;
      const float* b = product.b + (product.transposeB ? column * all + k : k * n + column);
      const float* nextB = b + stripe * (product.transposeB ? all : 1);
      if (product.transposeB) packPanelTransposed(scratch, b, bStride, depth, columns, padded);
      else packPanel(scratch, b, bStride, depth, columns, padded);
      for (int g = 0; g < groups.groups(); g++) {
        const int row = firstRow + groups.start(g), rows = groups.size(g);
        const float* a = product.transposeA ? packedRows + packedStart(groups, g, depth)
                                            : product.a + row * all + k;
        const size_t step = product.transposeA ? rows : 1, aStride = product.transposeA ? 1 : all;
        float* c = product.c + row * n + column;
        if (g + 1 < groups.groups()) {
          prefetchBlock<true>(c + rows * n, n, groups.size(g + 1), columns);
        }
        if (panel + 1 < endPanel) {  // this group's share of the next panel of B
          const int lines = product.transposeB ? stripe : depth;
          const int width = product.transposeB ? depth : stripe;
          const int line = lines * g / groups.groups(), end = lines * (g + 1) / groups.groups();
          prefetchBlock<false>(nextB + line * bStride, bStride, end - line, width);
        }
        // A block that sticks out of C is worked on beside it.
        float* out = columns == padded ? c : edge;
        const size_t stride = columns == padded ? n : stripe;
        if (out == edge && k > 0) copyBlock(edge, stripe, c, n, rows, columns);
        withRows(rows, [&](auto constant) {
          overColumns(padded, [&](auto wide, int x) {
            rowProductBlock<decltype(constant)::value, decltype(wide)::value>(
                out + x, stride, scratch + x, padded, a, step, aStride, depth, k == 0);
          });
        });
        if (out == edge) copyBlock(c, n, edge, stripe, rows, columns);
      }
    }
  }
}

}  // namespace UNDERTONE_ISA
}  // namespace undertone
