// The edge learning rule: one sample, at most one neuron learns, its number of ones never varies.
//
// With p_k the potential of neuron k (its maximum over locations), n the sample's events, and n_k
// the events of the sample that k last learned from (DESIGN section 6):
//   group      the label's neurons, all of them without a label
//   candidate  plasticity_k > 0, p_k > 0, and k never learned or
//              p_k^2 * n_k > threshold_learning_k^2 * n  (rule plain: p_k > threshold_learning_k)
//   winner     the candidate of the highest potential; ties: lowest (y, x, neuron)
//   blocked    competition c > 0 and another learned neuron j of the group has p_j > p_k and
//              p_j > (1 - c) * threshold_learning_j
//   U, V       the winner's ones on silent inputs (padding is no input), its zeros on active ones
//   step       m = min(floor(plasticity_k * |U| + 0.5), |V|) random ones move from U to V;
//              threshold_learning_k = p_k, n_k = n,
//              plasticity_k = max(min_plasticity, plasticity_k - decay * initial_plasticity)
// The m of U and then of V come from one partial Fisher-Yates each over rising flat connection
// indices, from the stream (seed, layer, neuron, that neuron's count of learnings after the step).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "snn/geometry.h"
#include "snn/model.h"

namespace akida::engine {

// What a sample did to the layer.
enum class LearnResult : std::uint8_t {
  kLearned,     // one neuron changed
  kUnanswered,  // no neuron was a candidate, or competition blocked the winner
  kDiscarded,   // the label is no class of the layer
};

class Learner {
 public:
  // Works on the weights and the learning state of the model's last layer, in place: the model
  // must outlive the learner, and its layers must not be replaced meanwhile.
  // Throws kInvalid when the last layer is not compiled for learning.
  explicit Learner(snn::Model& model);

  // Potentials of one sample, [height, width, neurons].
  [[nodiscard]] std::size_t output_size() const { return windows_.size() * neurons_; }

  // Learns from one sample and writes the output_size() potentials that the layer had before.
  // `events` are the sample's non-zero inputs as flat indices (y * width + x) * channels + c,
  // each once. Without a label every neuron may learn.
  LearnResult learn(std::span<const std::uint32_t> events, std::optional<std::int32_t> label,
                    std::span<std::int32_t> potentials);

 private:
  // Neurons [first, last).
  struct Group {
    std::size_t first = 0, last = 0;
  };
  // A neuron's highest potential and the first location, row by row, that reaches it.
  struct Peak {
    std::int32_t potential = 0;
    std::size_t location = 0;
  };

  void list_windows(std::span<const std::uint32_t> events);
  void list_windows_of(std::uint32_t event);
  void accumulate(std::span<const std::uint32_t> active, std::span<std::int32_t> potentials);
  void find_peaks(std::span<const std::int32_t> potentials, Group group);
  [[nodiscard]] bool is_candidate(std::size_t neuron) const;
  [[nodiscard]] std::optional<std::size_t> find_winner(Group group) const;
  [[nodiscard]] bool is_blocked(std::size_t winner, Group group) const;
  [[nodiscard]] bool is_padding(std::size_t connection, std::size_t location) const;
  void swap_ones(std::size_t neuron);
  void update_state(std::size_t neuron);

  snn::Learning& learning_;
  std::span<std::int8_t> weights_;  // [connections, neurons]
  std::size_t neurons_;
  std::size_t connections_;
  std::uint32_t layer_index_;
  Shape input_;
  bool fully_connected_;
  snn::Convolution convolution_;  // not FullyConnected
  snn::AxisWindow columns_, rows_;

  // Of the current sample.
  std::uint32_t num_events_ = 0;
  // Per location (FullyConnected: one), the connections that meet an event there.
  std::vector<std::vector<std::uint32_t>> windows_;
  std::vector<Peak> peaks_;  // by neuron; those of the group are current

  std::vector<std::uint8_t> sums_;                          // scratch of accumulate
  std::vector<std::uint8_t> is_active_;                     // by connection, zero between calls
  std::vector<std::uint32_t> unused_ones_, unused_events_;  // U and V
};

}  // namespace akida::engine
