#include "nn/integer_block.h"

#include <algorithm>
#include <type_traits>

#include "cnn/shapes.h"
#include "nn/integer_levels.h"
#include "nn/integer_sums.h"
#include "nn/padded_copy.h"
#include "nn/window_geometry.h"

namespace akida::nn {
namespace {

// Integers below it, and their sums, are exact in float32.
constexpr std::int64_t kFloatLimit = std::int64_t{1} << 24;

bool fits_float(const lower::Block& block) {
  const auto is_small = [](const snn::Range& range) {
    return range.low > -kFloatLimit && range.high < kFloatLimit;
  };
  return std::ranges::all_of(block.potentials, is_small) &&
         std::ranges::all_of(block.channel_sums, is_small);
}

template <typename Number>
kernels::AlignedVector<Number>& room_of(Scratch& scratch) {
  if constexpr (std::is_same_v<Number, float>) {
    return scratch.values;
  } else {
    return scratch.integers;
  }
}

template <typename Number, typename Sums>
class Evaluation : public IntegerBlock {
 public:
  Evaluation(const lower::Block& block, const IntegerScale& input)
      : block_(block),
        scale_(input),
        windows_(block),
        sums_(block, windows_),
        levels_(block),
        pool_(block.pooling == lower::PoolingKind::kNone || block.global_pooling
                  ? global_window(block.map)
                  : sliding_window(block.map, block.output, block.pool_size, block.pool_strides,
                                   block.padding)),
        map_size_(static_cast<std::size_t>(cnn::element_count(block.map))),
        output_size_(static_cast<std::size_t>(cnn::element_count(block.output))) {}

  void start(const Pass& pass, Scratch& scratch) override { sums_.start(pass, scratch); }

  void forward(const Shard& shard, const float* input, float* output, Scratch& scratch) override {
    const std::size_t samples = shard.samples;
    Number* integers =
        grown(room_of<Number>(scratch),
              samples * (windows_.input_size + windows_.between_size + map_size_ + output_size_));
    Number* between = integers + samples * windows_.input_size;
    Number* potentials = between + samples * windows_.between_size;
    read(shard, input, integers);
    sums_.run(shard, integers, between, potentials, scratch);
    if (block_.pooling != lower::PoolingKind::kNone) {
      Number* pooled = potentials + samples * map_size_;
      for (std::size_t i = 0; i < samples; ++i) {
        pool(potentials + i * map_size_, pooled + i * output_size_);
      }
      potentials = pooled;
    }
    levels_.evaluate(potentials, samples * output_size_ / block_.filters(), output);
  }

 private:
  void read(const Shard& shard, const float* input, Number* integers) const {
    const auto convert = [&](float x) { return integer_of(x); };
    if (block_.padding_value == 0) {
      const std::size_t count = shard.samples * windows_.input_size;
      std::transform(input, input + count, integers, convert);
    } else {
      copy_padded(windows_.own, shard.samples, input, integers,
                  static_cast<Number>(block_.padding_value), convert);
    }
  }

  // The integer that x stands for. Scaled in float32, it is off by far less than a half.
  [[nodiscard]] Number integer_of(float x) const {
    const double value = double{x} * scale_.divisor + scale_.zero;
    return static_cast<Number>(static_cast<std::int32_t>(value + 0.5));
  }

  // Maxima or sums over the cells of each window inside the map, of one sample.
  void pool(const Number* map, Number* pooled) const {
    const std::size_t filters = block_.filters();
    for (std::int32_t y = 0; y < block_.output[0]; ++y) {
      for (std::int32_t x = 0; x < block_.output[1]; ++x, pooled += filters) {
        pool_window(map, y * pool_.strides.height - pool_.before.height,
                    x * pool_.strides.width - pool_.before.width, pooled);
      }
    }
  }

  void pool_window(const Number* map, std::int32_t top, std::int32_t left, Number* pooled) const {
    const std::size_t filters = block_.filters();
    const std::int32_t bottom = std::min(top + pool_.window.height, block_.map[0]);
    const std::int32_t right = std::min(left + pool_.window.width, block_.map[1]);
    bool is_first = true;
    for (std::int32_t row = std::max(top, 0); row < bottom; ++row) {
      for (std::int32_t column = std::max(left, 0); column < right; ++column) {
        const Number* cell = map + static_cast<std::size_t>(row * block_.map[1] + column) * filters;
        if (is_first) {
          std::copy_n(cell, filters, pooled);
        } else if (block_.pooling == lower::PoolingKind::kMax) {
          for (std::size_t f = 0; f < filters; ++f) pooled[f] = std::max(pooled[f], cell[f]);
        } else {
          for (std::size_t f = 0; f < filters; ++f) pooled[f] += cell[f];
        }
        is_first = false;
      }
    }
  }

  const lower::Block& block_;
  IntegerScale scale_;
  BlockWindows windows_;
  Sums sums_;
  IntegerLevels<Number> levels_;
  WindowGeometry pool_;
  std::size_t map_size_, output_size_;  // of one sample, before and after pooling
};

}  // namespace

std::unique_ptr<IntegerBlock> make_integer_block(const lower::Block& block,
                                                 const IntegerScale& input) {
  if (fits_float(block)) return std::make_unique<Evaluation<float, FloatSums>>(block, input);
  return std::make_unique<Evaluation<std::int64_t, WideSums>>(block, input);
}

}  // namespace akida::nn
