// Packed weights that nobody pays for before they are used.
#pragma once

#include <functional>
#include <mutex>
#include <utility>

#include "kernels/aligned.h"

namespace akida::engine {

// Packs when data() is called first: layers that never run and kernel families that no sample asks
// for stay unpacked. Several threads may call data().
template <typename T>
class LazyWeights {
 public:
  explicit LazyWeights(std::function<kernels::AlignedVector<T>()> pack) : pack_(std::move(pack)) {}

  [[nodiscard]] const T* data() const {
    std::call_once(packed_once_, [this] { packed_ = pack_(); });
    return packed_.data();
  }

 private:
  std::function<kernels::AlignedVector<T>()> pack_;
  mutable std::once_flag packed_once_;
  mutable kernels::AlignedVector<T> packed_;
};

}  // namespace akida::engine
