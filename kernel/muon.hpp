// Muon (Jordan et al. 2024) for the matrices of the network, from the gradients of a backward pass:
//   v ← γv + g,  X = (g + γv) / ‖g + γv‖,  five times X ← aX + (bA + cA²)X with A = XXᵀ,
//   θ ← (1 − lr·wd)·θ − lr·√max(1, rows/columns)·X,   (a, b, c) = (3.4445, −4.7750, 2.0315);
// μ is stepped by AdamW. All in [P][stride], whichever way round the matrix is: (XXᵀ)X = X(XᵀX).
// The products come from the kernel, the rest are plain loops, whose bits don't depend on a
// compiler either.
#pragma once
#include "kernel.hpp"
#include "memory.hpp"
#include "parallel.hpp"

namespace undertone {

class Muon {
 public:
  void want(Arena& arena, Training& training);
  // `rate` and `decay` are Muon's; training.update holds AdamW's constants for μ.
  void step(const Kernel& kernel, Pool& pool, const Training& training, double rate, double decay,
            double momentum, float* scratch, size_t scratchStride);

 private:
  struct Matrix {
    const Parameter& parameter;
    float* gradient;
    double scale;
  };
  void stepMatrix(const Kernel& kernel, Pool& pool, const Training& training, const Matrix& matrix,
                  double rate, double decay, double momentum, float* scratch,
                  size_t scratchStride);
  void orthogonalize(const Kernel& kernel, Pool& pool, const Training& training, float* X,
                     float* scratch, size_t scratchStride);

  float* correction_ = nullptr;                     // [P][stride]
  float *gram_ = nullptr, *gramSquared_ = nullptr;  // [P][P]
  double* squares_ = nullptr;                       // [P]
};

}  // namespace undertone
