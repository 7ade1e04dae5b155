// What the parts of the kernel share: plain data, and the table of functions that each instruction
// set fills in. Nothing here depends on the instruction set, and nothing includes the C++ library,
// so that the same sources compile to WebAssembly without one.
//
// Layout. U, V and W transposed are [P][stride], stride = M + 1 rounded up to 16: hidden unit j = M
// carries μ, and its activation is 1 by definition (whatever φ is); the units after it are zero.
// W is kept a second time, packed for broadcasting: groups of classes, within each [j][class].
#pragma once
#include <stddef.h>
#include <stdint.h>

#define UT_INLINE_MEMBER __attribute__((always_inline))

namespace undertone {

enum class Activation : int { relu, quadratic, gelu, reverseRelu };
constexpr int activationCount = 4;
enum class Loss : int { crossEntropy, meanSquare };
// Muon steps the matrices; μ and the hidden bias are then stepped by AdamW.
enum class Rule : int { adamw, adam, sgd, muon };

// Classes are dealt to `groups()` groups of at most `maxRows`, as evenly as can be.
struct RowGroups {
  int rows;
  int maxRows;
  // Forced inline: a copy compiled for a newer processor must not be linked into the common code.
  UT_INLINE_MEMBER constexpr int groups() const { return (rows + maxRows - 1) / maxRows; }
  UT_INLINE_MEMBER int start(int g) const {
    int base = rows / groups(), longer = rows % groups();
    return g * base + (g < longer ? g : longer);
  }
  UT_INLINE_MEMBER int size(int g) const { return start(g + 1) - start(g); }
};

// All that a forward pass reads.
struct Model {
  int modulus;  // P
  int width;    // M
  size_t stride;
  Activation activation;
  const float* U;
  const float* V;
  const float* packedW;
};

// One matrix of weights with the two moments of its optimizer (SGD and Muon: velocity in `first`).
struct Parameter {
  float* value;
  float* first;
  float* second;
};

// The constants of one optimizer step, element by element.
struct Update {
  Rule rule;  // not Muon
  float beta1, beta2, oneMinusBeta1, oneMinusBeta2;
  float epsilon;
  float keep;            // 1 − learning rate · decay (AdamW)
  float coupledDecay;    // weight decay added to the gradient (Adam, SGD)
  float negativeRate;    // −learning rate, for Adam and AdamW divided by 1 − β₁ᵗ
  float secondScale;     // 1 / √(1 − β₂ᵗ)
  float momentum;        // SGD
};

// All that a training step reads and writes. Samples are padded to whole tiles with weight 0.
struct Training {
  int modulus, width;
  size_t stride;
  Activation activation;
  Loss loss;
  bool freezeFirstLayer;
  bool tied;  // U = V: V.value is U.value, and V has no moments of its own
  int tiles;
  const uint16_t *a, *b, *label;
  const float* weight;  // 1/n for a sample, 0 for padding
  Parameter U, V, W;
  Parameter hiddenBias;  // [stride], or no arrays at all
  float* shiftedU;       // U + hidden bias, where there is one
  float* packedW;
  // [P][stride] each; where they are there (Muon), the backward pass leaves the gradients here and
  // the matrices as they are.
  float *gradientU, *gradientV, *gradientW;
  float* logits;        // [tiles][P][48], turned into the gradient in place
  float* sampleLoss;    // [tiles · 48], weight included
  Update update;
};

inline static const float* firstLayerOf(const Training& t) {
  return t.shiftedU ? t.shiftedU : t.U.value;
}
inline static Model modelOf(const Training& t) {
  return {t.modulus, t.width, t.stride, t.activation, firstLayerOf(t), t.V.value, t.packedW};
}

// C [m, n] = A [m, k] · B [k, n].
struct Product {
  const float *a, *b;
  float* c;
  int m, k, n;
  bool transposeA, transposeB;  // A is stored [k, m], B [n, k]
};

// The functions of one instruction set. `scratch` is memory of the calling thread alone.
struct Kernel {
  const char* name;
  int forwardRows;
  size_t (*forwardScratch)(int modulus);  // floats of scratch for forward and evaluation
  size_t (*trainScratch)(int modulus);    // …and for training
  size_t (*productScratch)(bool transposeA);  // …and for a task of a matrix product

  // Packs W's hidden units firstUnit·16 … endUnit·16 − 1 from [P][stride].
  void (*packW)(float* packed, const float* W, int modulus, size_t stride, int firstUnit,
                int endUnit);
  // Logits, loss and gradient of the logits for some tiles of samples.
  void (*forward)(const Training&, int firstTile, int endTile, float* scratch);
  // Gradient and optimizer step for a panel of hidden units.
  void (*backward)(const Training&, int firstUnit, int endUnit, float* scratch);
  // For pairs first … end − 1 (index a·P + b): the argmax, or the logits [end − first, P].
  void (*answers)(const Model&, int first, int end, uint16_t* out, float* scratch);
  void (*logits)(const Model&, int first, int end, float* out, float* scratch);
  // Some rows of some column panels, each `panelColumns` wide, of a matrix product.
  int panelColumns;
  void (*productTask)(const Product&, int firstRow, int endRow, int firstPanel, int endPanel,
                      float* scratch);
  // exp, log, Φ and its density, for the tests of their error: out[i] = f(in[i]).
  void (*function)(int which, const float* in, float* out, int count);
  // out[i] = a[i]·b[i] + c[i] for one vector, to see whether it is rounded once.
  void (*fusedTest)(const float* a, const float* b, const float* c, float* out);
  // Fused multiply-adds in registers only: returns the floating-point operations done.
  double (*peak)(int rounds, float* sink);
};

}  // namespace undertone
