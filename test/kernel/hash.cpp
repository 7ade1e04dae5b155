// Trains small networks from a formula and prints a hash of the bits of their weights: the same on
// every processor. For processors that Node doesn't run on here: test/kernel/bits.arm64.test.ts compiles it
// and compares it with pinned-bits.test.ts, which does the same through the backends.
#include <stdio.h>

#include <vector>

#include "../../kernel/cpu.hpp"
#include "../../kernel/session.hpp"

using namespace undertone;

// Exact in single precision: multiples of 2⁻¹² in [−⅛, ⅛).
static std::vector<float> weights(size_t count, unsigned state) {
  std::vector<float> out(count);
  for (float& value : out) {
    state = state * 1664525u + 1013904223u;
    value = (float)(int)(state >> 22) / 4096.f - 0.125f;
  }
  return out;
}

int main() {
  const int modulus = 31, width = 67, steps = 25;
  std::vector<uint16_t> a, b, label;
  for (int pair = 0; pair < modulus * modulus; pair++) {
    if (pair % 5 == 3) continue;
    a.push_back((uint16_t)(pair / modulus));
    b.push_back((uint16_t)(pair % modulus));
    label.push_back((uint16_t)((unsigned)pair * 2654435761u % 31));
  }
  const auto U = weights((size_t)width * modulus, 1), V = weights((size_t)width * modulus, 2);
  const auto W = weights((size_t)width * modulus, 3), mu = weights(modulus, 4);
  for (const Kernel* const* kernel = runnableKernels(); *kernel; kernel++) {
    uint64_t hash = 14695981039346656037u;  // FNV-1a
    const auto add = [&](const std::vector<float>& values) {
      const auto* bytes = reinterpret_cast<const unsigned char*>(values.data());
      for (size_t i = 0; i < 4 * values.size(); i++) hash = (hash ^ bytes[i]) * 1099511628211u;
    };
    for (int activation = 0; activation < activationCount; activation++) {
      for (Rule rule : {Rule::adamw, Rule::muon}) {
        Pool pool(2);
        Session session(**kernel, pool);
        TrainingSettings settings{};
        settings.modulus = modulus;
        settings.width = width;
        settings.activation = (Activation)activation;
        settings.loss = rule == Rule::adamw ? Loss::crossEntropy : Loss::meanSquare;
        settings.optimizer = {rule, 1e-3, 0.1, 0.9, 0.999, 1e-8, 0.95, 1e-3};
        settings.samples = (int)a.size();
        settings.a = a.data();
        settings.b = b.data();
        settings.label = label.data();
        if (!session.open(settings)) return 1;
        session.write(Part::U, Slot::value, U.data());
        session.write(Part::V, Slot::value, V.data());
        session.write(Part::W, Slot::value, W.data());
        session.write(Part::mu, Slot::value, mu.data());
        session.prepare();
        session.run(steps);
        std::vector<float> u(U.size()), v(V.size()), w(W.size()), m(mu.size());
        session.read(Part::U, Slot::value, u.data());
        session.read(Part::V, Slot::value, v.data());
        session.read(Part::W, Slot::value, w.data());
        session.read(Part::mu, Slot::value, m.data());
        for (const auto* part : {&u, &v, &w, &m}) add(*part);
      }
    }
    printf("%s %016llx\n", (*kernel)->name, (unsigned long long)hash);
  }
}
