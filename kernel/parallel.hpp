// Tasks over threads.
#pragma once

#if defined(__wasm__)
#include "wasm-pool.hpp"
#else
#include "pool.hpp"
#endif

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
