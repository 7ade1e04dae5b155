// Memory of the kernel: one aligned, zeroed allocation for everything that lives equally long.
#pragma once
#include <stddef.h>

namespace undertone {

// Zeroed, aligned to a page; nullptr where there is no such memory. Defined per platform.
void* allocatePages(size_t bytes);
void releasePages(void* memory);

// Collects wishes, then takes the memory for all of them at once:
//   Arena arena; arena.want(x, 100); arena.want(y, 5); if (!arena.take()) …
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { release(); }

  template <typename Element>
  void want(Element*& pointer, size_t count) {
    // Odd distances in cache lines, so that equal indices of two arrays don't share cache sets and
    // the low address bits by which processors match loads to earlier stores.
    const size_t offset = (total_ + line - 1) / line * line + skew * line;
    wishes_[count_++] = {&pointer, offset};
    total_ = offset + count * sizeof(Element) + line;
  }
  bool take() {
    memory_ = static_cast<char*>(allocatePages(total_));
    if (!memory_) return false;
    for (int i = 0; i < count_; i++) {
      void* at = memory_ + wishes_[i].offset;
      __builtin_memcpy(wishes_[i].pointer, &at, sizeof at);
    }
    return true;
  }
  void release() {
    if (memory_) releasePages(memory_);
    memory_ = nullptr;
  }
  size_t bytes() const { return total_; }

 private:
  static constexpr size_t line = 64, skew = 5;
  struct Wish {
    void* pointer;  // address of a pointer of any type
    size_t offset;
  };
  Wish wishes_[32];
  int count_ = 0;
  size_t total_ = 0;
  char* memory_ = nullptr;
};

}  // namespace undertone
