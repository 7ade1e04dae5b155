#include "cpu.hpp"

namespace undertone {

#if defined(__x86_64__)

namespace avx512 {
extern const Kernel kernel;
}
namespace avx2 {
extern const Kernel kernel;
}

const Kernel* const* runnableKernels() {
  static const Kernel* found[3] = {};
  if (!found[0]) {
    int count = 0;
    __builtin_cpu_init();
    // Says also whether the operating system saves the wide registers.
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
      found[count++] = &avx512::kernel;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
      found[count++] = &avx2::kernel;
    }
  }
  return found;
}

#elif defined(__aarch64__)

namespace neon {
extern const Kernel kernel;
}

// Every 64-bit ARM processor has NEON with fused multiply-add.
const Kernel* const* runnableKernels() {
  static const Kernel* const found[] = {&neon::kernel, nullptr};
  return found;
}

#endif

}  // namespace undertone
