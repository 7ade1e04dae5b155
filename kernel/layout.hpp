// The way between the arrays of callers and the kernel's [P][stride], and pairs dealt to threads.
#pragma once
#include "parallel.hpp"
#include "session.hpp"
#include "tile-layout.hpp"

namespace undertone {

inline static size_t strideOf(int width) {
  return ((size_t)width + 1 + unitWidth - 1) / unitWidth * unitWidth;
}

// How an array of a caller lies in [P][stride]: element (p, j) of `rows` × `columns`.
struct Region {
  int tokens, first, columns;     // p in 0…tokens − 1, j from `first`, so many columns
  size_t tokenStep, columnStep;   // in the caller's array
};

inline static Region regionOf(Part part, int modulus, int width) {
  switch (part) {
    case Part::U:
    case Part::V: return {modulus, 0, width, 1, (size_t)modulus};
    case Part::W: return {modulus, 0, width, (size_t)width, 1};
    case Part::mu: return {modulus, width, 1, 1, 0};
    case Part::hiddenBias: break;
  }
  return {1, 0, width, 0, 1};
}

inline static void copyIn(float* to, size_t stride, const float* from, const Region& region) {
  for (int p = 0; p < region.tokens; p++) {
    for (int j = 0; j < region.columns; j++) {
      to[p * stride + region.first + j] = from[p * region.tokenStep + j * region.columnStep];
    }
  }
}

inline static void copyOut(float* to, const float* from, size_t stride, const Region& region) {
  for (int p = 0; p < region.tokens; p++) {
    for (int j = 0; j < region.columns; j++) {
      to[p * region.tokenStep + j * region.columnStep] = from[p * stride + region.first + j];
    }
  }
}

// Adds h [M] to every row of U [P][stride].
inline static void addHiddenBias(float* to, const float* U, const float* bias, int modulus, int width,
                          size_t stride) {
  for (int p = 0; p < modulus; p++) {
    for (int j = 0; j < width; j++) to[p * stride + j] = U[p * stride + j] + bias[j];
  }
}

// Deals pairs to threads and calls body(first, end, scratch).
template <typename Body>
static void overPairs(Pool& pool, int firstPair, int endPair, float* scratch, size_t stride,
                      const Body& body) {
  constexpr int chunk = forwardTiles * tileSamples;
  parallel(pool, (endPair - firstPair + chunk - 1) / chunk, [&](int i, int worker) {
    const int first = firstPair + i * chunk;
    const int end = endPair - first < chunk ? endPair : first + chunk;
    body(first, end, scratch + worker * stride);
  });
}

}  // namespace undertone
