#include "muon.hpp"

#include "product-tasks.hpp"

namespace undertone {

void Muon::want(Arena& arena, Training& t) {
  const size_t weights = t.modulus * t.stride, square = (size_t)t.modulus * t.modulus;
  arena.want(t.gradientW, weights);
  if (!t.freezeFirstLayer) {
    arena.want(t.gradientU, weights);
    if (!t.tied) arena.want(t.gradientV, weights);
  }
  arena.want(correction_, weights);
  arena.want(gram_, square);
  arena.want(gramSquared_, square);
  arena.want(squares_, t.modulus);
}

// AdamW on μ, column M of W; its gradient is then out of Muon's way.
static void stepMu(const Training& t) {
  const Update& u = t.update;
  for (int p = 0; p < t.modulus; p++) {
    const size_t at = p * t.stride + t.width;
    const float g = t.gradientW[at];
    float& m = t.W.first[at];
    float& v = t.W.second[at];
    m = u.oneMinusBeta1 * g + m * u.beta1;
    v = u.oneMinusBeta2 * g * g + v * u.beta2;
    const float denominator = __builtin_sqrtf(v) * u.secondScale + u.epsilon;
    t.W.value[at] = t.W.value[at] * u.keep + u.negativeRate * (m / denominator);
    t.gradientW[at] = 0.f;
  }
}

void Muon::step(const Kernel& kernel, Pool& pool, const Training& t, double rate, double decay,
                double momentum, float* scratch, size_t scratchStride) {
  const double ratio = (double)t.width / t.modulus;
  const auto scale = [](double rowsPerColumn) {
    return rowsPerColumn > 1 ? __builtin_sqrt(rowsPerColumn) : 1;
  };
  stepMu(t);
  const Matrix matrices[] = {{t.W, t.gradientW, scale(1 / ratio)},
                             {t.U, t.gradientU, scale(ratio)},
                             {t.V, t.gradientV, scale(ratio)}};
  for (const Matrix& matrix : matrices) {
    if (!matrix.gradient) continue;
    stepMatrix(kernel, pool, t, matrix, rate, decay, momentum, scratch, scratchStride);
  }
}

void Muon::stepMatrix(const Kernel& kernel, Pool& pool, const Training& t, const Matrix& matrix,
                      double rate, double decay, double momentum, float* scratch,
                      size_t scratchStride) {
  const float gamma = (float)momentum;
  float* X = matrix.gradient;
  parallel(pool, t.modulus, [&](int p, int) {
    float* velocity = matrix.parameter.first + p * t.stride;
    float* row = X + p * t.stride;
    double sum = 0;
    for (int j = 0; j < t.width; j++) {
      velocity[j] = gamma * velocity[j] + row[j];
      row[j] = row[j] + gamma * velocity[j];
      sum += (double)row[j] * row[j];
    }
    squares_[p] = sum;
  });
  double sum = 0;
  for (int p = 0; p < t.modulus; p++) sum += squares_[p];
  const float inverse = (float)(1 / (__builtin_sqrt(sum) + 1e-7));
  parallel(pool, t.modulus, [&](int p, int) {
    for (int j = 0; j < t.width; j++) X[p * t.stride + j] *= inverse;
  });
  orthogonalize(kernel, pool, t, X, scratch, scratchStride);
  const float keep = (float)(1 - rate * decay), step = (float)(-rate * matrix.scale);
  parallel(pool, t.modulus, [&](int p, int) {
    float* value = matrix.parameter.value + p * t.stride;
    const float* row = X + p * t.stride;
    for (int j = 0; j < t.width; j++) value[j] = keep * value[j] + step * row[j];
  });
}

void Muon::orthogonalize(const Kernel& kernel, Pool& pool, const Training& t, float* X,
                         float* scratch, size_t scratchStride) {
  const int P = t.modulus, columns = (int)t.stride;
  const auto product = [&](const float* a, const float* b, bool transposeB, float* c, int k, int n) {
    multiplyInto(kernel, pool, {a, b, c, P, k, n, false, transposeB}, scratch, scratchStride);
  };
  for (int iteration = 0; iteration < 5; iteration++) {
    product(X, X, true, gram_, columns, P);
    product(gram_, gram_, false, gramSquared_, P, P);
    for (size_t i = 0; i < (size_t)P * P; i++) {
      gram_[i] = -4.7750f * gram_[i] + 2.0315f * gramSquared_[i];
    }
    product(gram_, X, false, correction_, P, columns);
    parallel(pool, P, [&](int p, int) {
      for (size_t j = p * t.stride; j < (p + 1) * t.stride; j++) {
        X[j] = 3.4445f * X[j] + correction_[j];
      }
    });
  }
}

}  // namespace undertone
