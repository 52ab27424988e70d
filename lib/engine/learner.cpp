#include "engine/learner.h"

#include <algorithm>
#include <cmath>

#include "base/checked.h"
#include "base/random.h"

namespace akida::engine {
namespace {

// Exact products of squares of int32 potentials and uint32 event counts.
__extension__ using Wide = unsigned __int128;

Wide weighted_square(std::int32_t potential, std::uint32_t events) {
  const auto value = static_cast<Wide>(potential);
  return value * value * events;
}

snn::Learning& learning_of_last_layer(snn::Model& model) {
  if (model.empty()) fail(ErrorKind::kInvalid, "the model has no layers");
  if (!model.learning()) {
    fail(ErrorKind::kInvalid, "layer '{}' is not compiled for learning",
         model.layers().back().name);
  }
  return *model.learning();
}

}  // namespace

Learner::Learner(snn::Model& model)
    : learning_(learning_of_last_layer(model)),
      weights_(model.variables(model.layers().size() - 1).weights.data<std::int8_t>()),
      layer_index_(static_cast<std::uint32_t>(model.layers().size() - 1)) {
  const snn::Layer& layer = model.layers().back();
  neurons_ = static_cast<std::size_t>(snn::num_neurons(layer));
  connections_ = weights_.size() / neurons_;
  input_ = layer.input_shape;
  fully_connected_ = layer.type() == snn::LayerType::kFullyConnected;
  columns_ = rows_ = {.output = 1};
  if (!fully_connected_) {
    convolution_ = *snn::convolution_of(layer);
    columns_ = snn::axis_window(convolution_.mode, input_.width, convolution_.kernel_width,
                                convolution_.stride_x);
    rows_ = snn::axis_window(convolution_.mode, input_.height, convolution_.kernel_height,
                             convolution_.stride_y);
  }
  windows_.resize(static_cast<std::size_t>(columns_.output) *
                  static_cast<std::size_t>(rows_.output));
  peaks_.resize(neurons_);
  sums_.resize(neurons_);
  is_active_.resize(connections_);
}

LearnResult Learner::learn(std::span<const std::uint32_t> events, std::optional<std::int32_t> label,
                           std::span<std::int32_t> potentials) {
  num_events_ = checked_cast<std::uint32_t>(events.size(), "events of a sample");
  list_windows(events);
  for (std::size_t location = 0; location < windows_.size(); ++location) {
    accumulate(windows_[location], potentials.subspan(location * neurons_, neurons_));
  }
  Group group{0, neurons_};
  if (label) {
    if (*label < 0 || *label >= learning_.num_classes) return LearnResult::kDiscarded;
    const std::size_t size = neurons_ / static_cast<std::size_t>(learning_.num_classes);
    group.first = static_cast<std::size_t>(*label) * size;
    group.last = group.first + size;
  }
  find_peaks(potentials, group);
  const std::optional<std::size_t> winner = find_winner(group);
  if (!winner || is_blocked(*winner, group)) return LearnResult::kUnanswered;
  swap_ones(*winner);
  update_state(*winner);
  return LearnResult::kLearned;
}

void Learner::list_windows(std::span<const std::uint32_t> events) {
  for (std::vector<std::uint32_t>& active : windows_) active.clear();
  for (std::uint32_t event : events) list_windows_of(event);
}

// Appends the connections of every window that holds the event. A Convolutional kernel is stored
// flipped in x and y: weights [kernel_width, kernel_height, channels].
void Learner::list_windows_of(std::uint32_t event) {
  const auto channels = static_cast<std::uint32_t>(input_.channels);
  const auto width = static_cast<std::uint32_t>(input_.width);
  const std::uint32_t channel = event % channels;
  const auto x = static_cast<std::int32_t>(event / channels % width);
  const auto y = static_cast<std::int32_t>(event / channels / width);
  if (fully_connected_) {
    const std::int32_t row = static_cast<std::int32_t>(channel) * input_.height + y;
    windows_[0].push_back(static_cast<std::uint32_t>(row * input_.width + x));
    return;
  }
  const auto& [kernel_width, kernel_height, stride_x, stride_y, mode] = convolution_;
  for (std::int32_t ky = 0; ky < kernel_height; ++ky) {
    const std::int32_t top = y + rows_.pad_before - ky;
    if (top < 0 || top % stride_y != 0 || top / stride_y >= rows_.output) continue;
    for (std::int32_t kx = 0; kx < kernel_width; ++kx) {
      const std::int32_t left = x + columns_.pad_before - kx;
      if (left < 0 || left % stride_x != 0 || left / stride_x >= columns_.output) continue;
      const std::int32_t location = top / stride_y * columns_.output + left / stride_x;
      const std::int32_t cell = (kernel_width - 1 - kx) * kernel_height + kernel_height - 1 - ky;
      windows_[static_cast<std::size_t>(location)].push_back(
          static_cast<std::uint32_t>(cell) * channels + channel);
    }
  }
}

// Potentials of one location: the sum of the active connections' weight rows, in bytes as long as
// those cannot overflow.
void Learner::accumulate(std::span<const std::uint32_t> active,
                         std::span<std::int32_t> potentials) {
  constexpr std::size_t kRows = 255;
  const std::size_t neurons = neurons_;  // bytes alias members: a local keeps the loops vectors
  std::uint8_t* __restrict sums = sums_.data();
  std::int32_t* __restrict out = potentials.data();
  std::fill_n(out, neurons, 0);
  for (std::size_t first = 0; first < active.size(); first += kRows) {
    std::fill_n(sums, neurons, std::uint8_t{0});
    for (std::uint32_t connection : active.subspan(first, std::min(kRows, active.size() - first))) {
      const std::int8_t* __restrict row = weights_.data() + connection * neurons;
      for (std::size_t i = 0; i < neurons; ++i) {
        sums[i] = static_cast<std::uint8_t>(sums[i] + row[i]);
      }
    }
    for (std::size_t i = 0; i < neurons; ++i) out[i] += sums[i];
  }
}

void Learner::find_peaks(std::span<const std::int32_t> potentials, Group group) {
  for (std::size_t neuron = group.first; neuron < group.last; ++neuron) {
    peaks_[neuron] = {potentials[neuron], 0};
  }
  for (std::size_t location = 1; location < windows_.size(); ++location) {
    for (std::size_t neuron = group.first; neuron < group.last; ++neuron) {
      const std::int32_t potential = potentials[location * neurons_ + neuron];
      if (potential > peaks_[neuron].potential) peaks_[neuron] = {potential, location};
    }
  }
}

bool Learner::is_candidate(std::size_t neuron) const {
  const std::int32_t potential = peaks_[neuron].potential;
  if (potential <= 0 || learning_.plasticity[neuron] <= 0) return false;
  const std::int32_t threshold = learning_.threshold_learning[neuron];
  if (threshold == 0) return true;
  if (learning_.rule == snn::LearningRule::kPlain) return potential > threshold;
  return weighted_square(potential, learning_.learning_events[neuron]) >
         weighted_square(threshold, num_events_);
}

std::optional<std::size_t> Learner::find_winner(Group group) const {
  std::optional<std::size_t> winner;
  for (std::size_t neuron = group.first; neuron < group.last; ++neuron) {
    if (!is_candidate(neuron)) continue;
    const Peak& peak = peaks_[neuron];
    const bool better =
        !winner || peak.potential > peaks_[*winner].potential ||
        (peak.potential == peaks_[*winner].potential && peak.location < peaks_[*winner].location);
    if (better) winner = neuron;
  }
  return winner;
}

bool Learner::is_blocked(std::size_t winner, Group group) const {
  const double competition = learning_.learning_competition;
  if (competition == 0) return false;
  for (std::size_t neuron = group.first; neuron < group.last; ++neuron) {
    const std::int32_t threshold = learning_.threshold_learning[neuron];
    const std::int32_t potential = peaks_[neuron].potential;
    if (threshold > 0 && potential > peaks_[winner].potential &&
        potential > (1.0 - competition) * threshold) {
      return true;
    }
  }
  return false;
}

// True where the connection of the window at `location` lies outside the input.
bool Learner::is_padding(std::size_t connection, std::size_t location) const {
  if (fully_connected_) return false;
  const auto cell = static_cast<std::int32_t>(connection) / input_.channels;
  const std::int32_t kx = convolution_.kernel_width - 1 - cell / convolution_.kernel_height;
  const std::int32_t ky = convolution_.kernel_height - 1 - cell % convolution_.kernel_height;
  const auto place = static_cast<std::int32_t>(location);
  const std::int32_t x = place % columns_.output * convolution_.stride_x - columns_.pad_before + kx;
  const std::int32_t y = place / columns_.output * convolution_.stride_y - rows_.pad_before + ky;
  return x < 0 || x >= input_.width || y < 0 || y >= input_.height;
}

void Learner::swap_ones(std::size_t neuron) {
  const std::size_t location = peaks_[neuron].location;
  for (std::uint32_t connection : windows_[location]) is_active_[connection] = 1;
  unused_ones_.clear();
  unused_events_.clear();
  for (std::size_t connection = 0; connection < connections_; ++connection) {
    const bool one = weights_[connection * neurons_ + neuron] != 0;
    const bool active = is_active_[connection] != 0;
    if (one == active) continue;
    if (active) {
      unused_events_.push_back(static_cast<std::uint32_t>(connection));
    } else if (!is_padding(connection, location)) {
      unused_ones_.push_back(static_cast<std::uint32_t>(connection));
    }
  }
  for (std::uint32_t connection : windows_[location]) is_active_[connection] = 0;

  const auto wanted = static_cast<std::size_t>(
      std::floor(learning_.plasticity[neuron] * static_cast<double>(unused_ones_.size()) + 0.5));
  const std::size_t moves = std::min(wanted, unused_events_.size());
  Random random(learning_.seed, layer_index_, static_cast<std::uint32_t>(neuron),
                static_cast<std::uint32_t>(learning_.learning_count[neuron] + 1));
  partial_shuffle(unused_ones_, moves, random);
  partial_shuffle(unused_events_, moves, random);
  for (std::size_t i = 0; i < moves; ++i) {
    weights_[unused_ones_[i] * neurons_ + neuron] = 0;
    weights_[unused_events_[i] * neurons_ + neuron] = 1;
  }
}

void Learner::update_state(std::size_t neuron) {
  learning_.threshold_learning[neuron] = peaks_[neuron].potential;
  learning_.learning_events[neuron] = num_events_;
  ++learning_.learning_count[neuron];
  learning_.plasticity[neuron] = std::max(
      learning_.min_plasticity,
      learning_.plasticity[neuron] - learning_.plasticity_decay * learning_.initial_plasticity);
}

}  // namespace akida::engine
