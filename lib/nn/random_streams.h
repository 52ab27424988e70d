// The third key of each stream of random numbers that training draws from (base/random.h): streams
// with different purposes never meet. Keys of layers and learnings stay far below them.
#pragma once

#include <cstdint>

namespace akida::nn {

inline constexpr std::uint32_t kSplitStream = 0xFFFF'FF00;    // (0, 0): which samples validate
inline constexpr std::uint32_t kShuffleStream = 0xFFFF'FF01;  // (epoch, 0): order of the samples
inline constexpr std::uint32_t kAugmentStream = 0xFFFF'FF02;  // (epoch, sample): changes of one
// (step, place in the batch), plus the layer's index: what Dropout drops of a sample
inline constexpr std::uint32_t kDropoutStream = 0xFFFE'0000;

}  // namespace akida::nn
