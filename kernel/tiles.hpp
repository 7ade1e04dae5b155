// Tile constants tuned per instruction set (and per compiler: a tile that spills registers halves
// the speed). None of them influences a single bit of the results.
#pragma once
#include "tile-layout.hpp"
#include "vector.hpp"

namespace undertone {
namespace UNDERTONE_ISA {

// vectors × rows of accumulators: classes in `forwardRows`, samples in `backwardRows`.
#if defined(__AVX512F__)
constexpr int vectors = 3, forwardRows = 9, backwardRows = 8;
#elif defined(__AVX2__)
constexpr int vectors = 2, forwardRows = 6, backwardRows = 6;
#elif defined(__aarch64__)
// 4 × 6 would have fewer loads, and GCC 12 spills it, as it does 3 × 8; clang spills neither.
constexpr int vectors = 3, forwardRows = 7, backwardRows = 6;
#elif defined(__wasm_simd128__)
// V8 makes all loads of an iteration before the first multiply-add, whatever the order here, and has
// 15 registers on x86: sums, vectors and broadcasts must fit together, and 3 × 3 has the most sums.
// It unrolls by itself; unrolled here, the sums spill.
constexpr int vectors = 3, forwardRows = 3, backwardRows = 3;
#endif

// 32 vector registers, or 16 (AVX2, and WebAssembly on x86).
constexpr bool wideFile = lanes == 16 || vectors * forwardRows > 16;
constexpr int stripe = vectors * lanes;
// Inner dimension of one block of the matrix product. Deeper blocks pass over C less often, and take
// more of the second cache, of which processors with AVX-512 have 1 MB or more.
constexpr int productDepth = lanes == 16 ? 512 : 256;
static_assert(tileSamples % stripe == 0 && panelWidth % stripe == 0, "stripes fill a tile");
static_assert(tileSamples % backwardRows == 0, "row groups fill a tile");
static_assert(unitWidth % lanes == 0, "vectors fill a unit");

}  // namespace UNDERTONE_ISA
}  // namespace undertone
