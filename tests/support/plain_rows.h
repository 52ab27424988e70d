// Weights as tests write them down, [neurons][inputs], in the rows that packers take.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/weight_rows.h"

namespace akida::test {

class PlainRows {
 public:
  PlainRows(const std::vector<std::int8_t>& plain, std::int32_t neuron_count)
      : weights_(plain.size()) {
    const auto neurons = static_cast<std::size_t>(neuron_count);
    const std::size_t inputs = plain.size() / neurons;
    for (std::size_t i = 0; i < inputs; ++i) {
      for (std::size_t n = 0; n < neurons; ++n) weights_[i * neurons + n] = plain[n * inputs + i];
      rows_.push_back(&weights_[i * neurons]);
    }
  }
  PlainRows(const PlainRows&) = delete;
  PlainRows& operator=(const PlainRows&) = delete;

  operator kernels::WeightRows() const { return rows_; }  // NOLINT: conversion is the purpose

 private:
  std::vector<std::int8_t> weights_;
  std::vector<const std::int8_t*> rows_;
};

}  // namespace akida::test
