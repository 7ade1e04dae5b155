// Memory of the WebAssembly module: few, large blocks, first fit in a list of free ones ordered by
// address. Only the thread that calls the module allocates.
#include <stdint.h>

#include "memory.hpp"

extern "C" unsigned char __heap_base;

namespace undertone {

// Lies `align` bytes before what is handed out.
struct Block {
  size_t bytes;  // with this header: a multiple of `align`
  Block* next;   // while it is free
};

constexpr uint64_t align = 64, page = 65536, mostPages = 65536;
static Block* freeBlocks = nullptr;
static uint64_t heapEnd = 0;

static uint64_t roundUp(uint64_t value, uint64_t unit) { return (value + unit - 1) / unit * unit; }
static uint64_t addressOf(const Block* block) { return (size_t)block; }
static uint64_t endOf(const Block* block) { return addressOf(block) + block->bytes; }

// Puts a block into the list, one with the neighbours that it touches.
static void insert(Block* block) {
  Block* before = nullptr;
  Block* after = freeBlocks;
  while (after && after < block) {
    before = after;
    after = after->next;
  }
  block->next = after;
  if (after && endOf(block) == addressOf(after)) {
    block->bytes += after->bytes;
    block->next = after->next;
  }
  if (!before) {
    freeBlocks = block;
  } else if (endOf(before) == addressOf(block)) {
    before->bytes += block->bytes;
    before->next = block->next;
  } else {
    before->next = block;
  }
}

// Takes a block of at least so many bytes out of the list; nullptr where there is none.
static Block* takeFree(size_t bytes) {
  for (Block** link = &freeBlocks; *link; link = &(*link)->next) {
    Block* block = *link;
    if (block->bytes < bytes) continue;
    *link = block->next;
    if (block->bytes >= bytes + 2 * align) {
      Block* rest = reinterpret_cast<Block*>((size_t)block + bytes);
      rest->bytes = block->bytes - bytes;
      block->bytes = bytes;
      insert(rest);
    }
    return block;
  }
  return nullptr;
}

// Makes the heap end in a free block of at least so many bytes.
static bool extendHeap(uint64_t bytes) {
  if (heapEnd == 0) heapEnd = roundUp((size_t)&__heap_base, align);
  Block* last = freeBlocks;
  while (last && last->next) last = last->next;
  if (last && endOf(last) == heapEnd) bytes -= last->bytes;
  const uint64_t pages = roundUp(heapEnd + bytes, page) / page;
  const uint64_t held = __builtin_wasm_memory_size(0);
  // The last page stays unused, so that the end of the heap is an address.
  if (pages >= mostPages) return false;
  if (pages > held && __builtin_wasm_memory_grow(0, pages - held) == (size_t)-1) return false;
  Block* block = reinterpret_cast<Block*>((size_t)heapEnd);
  block->bytes = (size_t)bytes;
  heapEnd += bytes;
  insert(block);
  return true;
}

void* allocatePages(size_t bytes) {
  const uint64_t whole = roundUp((uint64_t)bytes + align, align);
  if (whole > mostPages * page) return nullptr;
  Block* block = takeFree((size_t)whole);
  if (!block) {
    if (!extendHeap(whole)) return nullptr;
    block = takeFree((size_t)whole);
  }
  void* memory = reinterpret_cast<void*>((size_t)block + align);
  __builtin_memset(memory, 0, bytes);
  return memory;
}

void releasePages(void* memory) {
  insert(reinterpret_cast<Block*>((size_t)memory - align));
}

}  // namespace undertone
