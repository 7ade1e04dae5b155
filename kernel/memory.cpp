#include "memory.hpp"

#include <stdlib.h>
#include <string.h>

namespace undertone {

void* allocatePages(size_t bytes) {
  void* memory = nullptr;
  if (posix_memalign(&memory, 4096, bytes) != 0) return nullptr;
  memset(memory, 0, bytes);
  return memory;
}

void releasePages(void* memory) { free(memory); }

}  // namespace undertone
