// Samples of a batch on their way into the network: checks and placing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/executor.h"
#include "io/sample.h"
#include "snn/layer.h"

namespace akida::engine {

// Throws kInvalid where the batch as a whole does not fit the input layer: its type, its shape,
// its number of events, events for an InputConvolutional.
void check_batch(const snn::Layer& input, const io::Batch& batch);

// The first sample that the input layer refuses.
struct BadSample {
  std::size_t index = 0;
  std::string message;  // names the sample's id and the event or the place, value and range
};
[[nodiscard]] std::optional<BadSample> find_bad_sample(const snn::Layer& input,
                                                       const io::Batch& batch);

// Writes sample `index`, which was checked, into the network's input and counts its non-zero
// values in workspace.sample_nonzeros. `first_event` is the index of its first event.
void place_sample(const NetworkPlan& plan, const io::Batch& batch, std::size_t index,
                  std::size_t first_event, Workspace& workspace);

}  // namespace akida::engine
