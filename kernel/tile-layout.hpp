// Tile sizes that are part of the memory layout: the same on every target.
#pragma once

namespace undertone {

constexpr int tileSamples = 48;  // samples in lanes: one tile of logits is [P][48]
constexpr int unitWidth = 16;    // hidden units are padded to, and dealt out in, units of 16
constexpr int panelUnits = 3;    // a panel of the backward pass: at most 48 hidden units
constexpr int panelWidth = panelUnits * unitWidth;
constexpr int forwardTiles = 4;   // tiles that share one block of packed W while it is in cache
constexpr int backwardTiles = 3;  // tiles whose hidden units a panel keeps in cache
constexpr int hiddenBlock = 128;  // hidden units made at a time in the forward pass…
constexpr int hiddenBlockMax = hiddenBlock + 32;  // …balanced, so a little more at times
constexpr int productRows = 288;  // rows of A of one task of the matrix product

}  // namespace undertone
