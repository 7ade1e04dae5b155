// Which kernels this program contains and this processor runs.
#pragma once
#include "kernel.hpp"

namespace undertone {

// The kernels that can run here, best first, ended by nullptr.
const Kernel* const* runnableKernels();

}  // namespace undertone
