#include "engine/observers.h"

#include <algorithm>

#include "base/error.h"

namespace akida::engine {

int Observers::add(std::size_t layer, Observed what, Observer observer) {
  entries_.push_back(
      {.handle = next_handle_, .layer = layer, .what = what, .observer = std::move(observer)});
  return next_handle_++;
}

void Observers::remove(int handle) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.handle == handle; });
  if (found == entries_.end()) fail(ErrorKind::kUsage, "no observer has handle {}", handle);
  entries_.erase(found);
}

std::vector<bool> Observers::wanted_potentials(std::size_t layers) const {
  std::vector<bool> wanted(layers);
  for (const Entry& entry : entries_) {
    if (entry.what == Observed::kPotentials) wanted[entry.layer] = true;
  }
  return wanted;
}

void Observers::prepare(const NetworkPlan& plan, std::size_t layers, std::size_t samples,
                        std::vector<Capture>& captures) {
  for (Entry& entry : entries_) {
    entry.active = entry.layer < layers;
    if (!entry.active) continue;
    const bool potentials = entry.what == Observed::kPotentials;
    const Shape& shape = plan.layers[entry.layer].output;
    entry.values =
        Dense(potentials ? DType::kI32 : DType::kU8,
              {static_cast<std::int64_t>(samples), shape.height, shape.width, shape.channels});
    captures.push_back({entry.layer, potentials, &entry.values});
  }
}

void Observers::deliver(const io::Batch& batch) {
  for (const Entry& entry : entries_) {
    if (entry.active) entry.observer(batch, entry.values);
  }
}

}  // namespace akida::engine
