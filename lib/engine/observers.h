// Who wants to see which layer's values.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/capture.h"
#include "engine/engine.h"

namespace akida::engine {

class Observers {
 public:
  // Returns a handle.
  int add(std::size_t layer, Observed what, Observer observer);

  // Throws kUsage where no observer has this handle.
  void remove(int handle);

  // Whether somebody wants the potentials of a layer, one entry per layer.
  [[nodiscard]] std::vector<bool> wanted_potentials(std::size_t layers) const;

  // Prepares room for the values of `samples` samples of the first `layers` layers and appends
  // what has to be captured. Call deliver or prepare next.
  void prepare(const NetworkPlan& plan, std::size_t layers, std::size_t samples,
               std::vector<Capture>& captures);

  // Calls the observers that prepare found, in order of registration.
  void deliver(const io::Batch& batch);

 private:
  struct Entry {
    int handle = 0;
    std::size_t layer = 0;
    Observed what = Observed::kSpikes;
    Observer observer;
    bool active = false;  // in the present batch
    Dense values;
  };

  int next_handle_ = 1;
  std::vector<Entry> entries_;
};

}  // namespace akida::engine
