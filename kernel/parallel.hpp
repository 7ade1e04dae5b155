// Tasks over threads: the pool where there are threads, a loop where there are none.
#pragma once

#if defined(__wasm__)

namespace undertone {

class Pool {
 public:
  int threads() const { return 1; }
};

template <typename Body>
void parallel(Pool&, int count, const Body& body) {
  for (int i = 0; i < count; i++) body(i, 0);
}

}  // namespace undertone

#else

#include "pool.hpp"

namespace undertone {

// Calls body(index, worker) for 0 ≤ index < count, as Pool::run.
template <typename Body>
void parallel(Pool& pool, int count, const Body& body) {
  const auto call = [](void* context, int index, int worker) {
    (*static_cast<const Body*>(context))(index, worker);
  };
  pool.run(count, call, const_cast<Body*>(&body));
}

}  // namespace undertone

#endif
