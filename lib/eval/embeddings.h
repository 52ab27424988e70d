// Likeness of embeddings, for telling whether two samples show the same person.
#pragma once

#include <cstdint>
#include <span>

namespace akida::eval {

enum class Likeness : std::uint8_t {
  kCosine,     // a.b / |a| |b|, -1..1; 0 where one of them is 0
  kEuclidean,  // -|a - b|
};

// The higher, the more alike; both have the same length.
[[nodiscard]] double likeness(std::span<const float> a, std::span<const float> b, Likeness how);

}  // namespace akida::eval
