#include "convert/verification.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "engine/engine.h"
#include "engine/readout.h"
#include "io/batch.h"
#include "nn/network_executor.h"

namespace akida::convert {
namespace {

using lower::Block;

constexpr std::size_t kChunk = 32;  // samples that the CNN computes in one call

nn::ExecutorOptions executor_options(const lower::LoweredNetwork& lowered, int jobs) {
  nn::ExecutorOptions options{.batch = kChunk, .jobs = jobs};
  for (const Block& block : lowered.blocks) options.observed.push_back(block.layers.back());
  return options;
}

// Samples [first, first + count) of an array.
Dense rows_of(const Dense& samples, std::size_t first, std::size_t count) {
  std::vector<std::int64_t> dims = samples.dims();
  const std::size_t row = samples.bytes().size() / static_cast<std::size_t>(dims.front());
  dims.front() = static_cast<std::int64_t>(count);
  Dense rows(samples.type(), dims);
  const auto from = samples.bytes().subspan(first * row, count * row);
  std::copy(from.begin(), from.end(), rows.bytes().begin());
  return rows;
}

// The level that the unrounded boundaries of a filter give a potential.
std::int64_t exact_level(const Block& block, std::size_t filter, std::int64_t potential) {
  const auto count = static_cast<std::ptrdiff_t>((1 << block.activation_bits) - 1);
  const auto first = block.exact_boundaries.begin() + static_cast<std::ptrdiff_t>(filter) * count;
  return std::lower_bound(first, first + count, potential) - first;  // boundaries below it
}

}  // namespace

class Verification::Work {
 public:
  Work(const cnn::Network& network, const lower::LoweredNetwork& lowered, snn::Model model,
       int jobs)
      : lowered_(lowered),
        executor_(network, executor_options(lowered, jobs)),
        engine_(std::move(model), {.jobs = jobs}),
        seen_(lowered.blocks.size()) {
    const std::size_t inputs = lowered.input == lower::InputKind::kEvents ? 1 : 0;
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      layers_.push_back({.layer = lowered.blocks[i].name});
      seen_[i].layer = i + inputs;
      watch(i + inputs, engine::Observed::kPotentials, seen_[i].potentials);
      if (lowered.blocks[i].activation_bits > 0) {
        watch(i + inputs, engine::Observed::kSpikes, seen_[i].levels);
      }
    }
  }

  void add(const io::StreamHeader& header, const io::Batch& batch) {
    if (batch.size == 0) return;
    static_cast<void>(engine_.forward(batch));
    const snn::Layer& last = engine_.model().layers().back();
    if (snn::outputs_potentials(last)) {
      values_ = engine::evaluate_potentials(last, seen_.back().potentials);
    }
    const Dense samples = io::to_dense(header, batch);
    for (std::size_t first = 0; first < batch.size; first += kChunk) {
      const std::size_t count = std::min(kChunk, batch.size - first);
      static_cast<void>(executor_.forward(rows_of(samples, first, count)));
      for (std::size_t i = 0; i < count; ++i) compare_sample(batch.ids[first + i], first + i, i);
    }
  }

  [[nodiscard]] const std::vector<LayerVerification>& layers() const { return layers_; }
  [[nodiscard]] const std::optional<Difference>& difference() const { return difference_; }

  [[nodiscard]] std::uint64_t bytes_per_sample() const {
    std::uint64_t bytes = 0;
    for (const snn::Layer& layer : engine_.model().layers()) {
      bytes += 5 * static_cast<std::uint64_t>(layer.output_shape.size());
    }
    return bytes;
  }

 private:
  // What the SNN computed of a block for the whole batch.
  struct Seen {
    std::size_t layer = 0;
    Dense levels;
    Dense potentials;
  };

  void watch(std::size_t layer, engine::Observed what, Dense& target) {
    engine_.observe(layer, what, [&](const io::Batch&, const Dense& values) { target = values; });
  }

  // `sample` of the batch, number `row` of the CNN's present chunk.
  void compare_sample(const std::string& id, std::size_t sample, std::size_t row) {
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      const Block& block = lowered_.blocks[i];
      const auto size =
          static_cast<std::size_t>(engine_.model().layer(seen_[i].layer).output_shape.size());
      const auto cnn = executor_.output(block.layers.back()).subspan(row * size, size);
      if (block.activation_bits > 0) {
        count_rounded(i, sample * size, size);
        compare_levels(
            i, id, cnn,
            std::as_const(seen_[i].levels).data<std::uint8_t>().subspan(sample * size, size));
      } else {
        compare_values(i, id, cnn,
                       std::as_const(values_).data<float>().subspan(sample * size, size));
      }
    }
  }

  void count_rounded(std::size_t i, std::size_t first, std::size_t size) {
    const Block& block = lowered_.blocks[i];
    const auto levels = std::as_const(seen_[i].levels).data<std::uint8_t>();
    const auto potentials = std::as_const(seen_[i].potentials).data<std::int32_t>();
    for (std::size_t k = first; k < first + size; ++k) {
      if (levels[k] == 0) continue;  // below the first boundary, which is exact
      const std::int64_t exact = exact_level(block, k % block.filters(), potentials[k]);
      layers_[i].rounded += exact == levels[k] ? 0 : 1;
    }
  }

  void compare_levels(std::size_t i, const std::string& id, std::span<const float> cnn,
                      std::span<const std::uint8_t> snn) {
    const double level_value = lowered_.blocks[i].level_value;
    for (std::size_t k = 0; k < snn.size(); ++k) {
      compare(i, id, k, std::nearbyint(cnn[k] / level_value), snn[k]);
    }
  }

  void compare_values(std::size_t i, const std::string& id, std::span<const float> cnn,
                      std::span<const float> snn) {
    for (std::size_t k = 0; k < snn.size(); ++k) compare(i, id, k, cnn[k], snn[k]);
  }

  // Value number `k` of one sample's map.
  void compare(std::size_t i, const std::string& id, std::size_t k, double cnn, double snn) {
    ++layers_[i].values;
    if (cnn == snn) return;
    ++layers_[i].different;
    if (difference_) return;
    const Shape& shape = engine_.model().layer(seen_[i].layer).output_shape;
    const auto place = static_cast<std::int32_t>(k);
    difference_ = Difference{.layer = layers_[i].layer,
                             .sample = id,
                             .y = place / shape.channels / shape.width,
                             .x = place / shape.channels % shape.width,
                             .c = place % shape.channels,
                             .cnn = cnn,
                             .snn = snn};
  }

  const lower::LoweredNetwork& lowered_;
  nn::NetworkExecutor executor_;
  engine::Engine engine_;
  std::vector<Seen> seen_;
  Dense values_;  // of a last block without activation
  std::vector<LayerVerification> layers_;
  std::optional<Difference> difference_;
};

Verification::Verification(const cnn::Network& network, const lower::LoweredNetwork& lowered,
                           snn::Model model, int jobs)
    : work_(std::make_unique<Work>(network, lowered, std::move(model), jobs)) {}

Verification::~Verification() = default;

void Verification::add(const io::StreamHeader& header, const io::Batch& batch) {
  work_->add(header, batch);
}

const std::vector<LayerVerification>& Verification::layers() const { return work_->layers(); }

const std::optional<Difference>& Verification::first_difference() const {
  return work_->difference();
}

std::uint64_t Verification::bytes_per_sample() const { return work_->bytes_per_sample(); }

}  // namespace akida::convert
