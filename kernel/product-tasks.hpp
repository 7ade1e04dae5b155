// A matrix product dealt to threads.
#pragma once
#include "kernel.hpp"
#include "parallel.hpp"
#include "tile-layout.hpp"

namespace undertone {

// `scratch` holds productScratch(…) floats for each thread, `scratchStride` apart. No size may be 0.
inline static void multiplyInto(const Kernel& kernel, Pool& pool, const Product& product,
                                float* scratch, size_t scratchStride) {
  const int panels = (product.n + kernel.panelColumns - 1) / kernel.panelColumns;

  // Blocks of rows as tall as the second cache holds; columns are cut where that gives too few
  // tasks to keep all threads busy.
  const int wanted = pool.threads() == 1 ? 1 : 4 * pool.threads();
  const int rowBlocks = (product.m + productRows - 1) / productRows;
  const int enough = (wanted + rowBlocks - 1) / rowBlocks;
  const int columnBlocks = enough < panels ? enough : panels;
  const auto cut = [](int total, int blocks, int i) { return (int)((int64_t)total * i / blocks); };
  parallel(pool, rowBlocks * columnBlocks, [&](int i, int worker) {
    const int row = i / columnBlocks, column = i % columnBlocks;
    kernel.productTask(product, cut(product.m, rowBlocks, row), cut(product.m, rowBlocks, row + 1),
                       cut(panels, columnBlocks, column), cut(panels, columnBlocks, column + 1),
                       scratch + worker * scratchStride);
  });
}

}  // namespace undertone
