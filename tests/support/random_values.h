// What random models of both kinds share: numbers, texts, a model's info.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "base/model_info.h"

namespace akida::test {

class RandomValues {
 protected:
  explicit RandomValues(std::uint64_t seed) : random_(seed) {}

  std::int32_t pick(std::int32_t low, std::int32_t high) {
    return std::uniform_int_distribution<std::int32_t>(low, high)(random_);
  }
  double real() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  bool coin() { return pick(0, 1) == 1; }

  std::string name() {
    static const char* const kNames[] = {"plain",       "two words", "quo\"te\\", "null", "12",
                                         "caf\xC3\xA9", "- a: [b]",  "{",         "#",    "'"};
    return kNames[pick(0, 9)];
  }

  std::string text() {
    static const char* const kTexts[] = {"",         "plain",         "two words", "quo\"te\\",
                                         "# a: -b",  "null",          "12",        "caf\xC3\xA9",
                                         "- a: [b]", "~!\xE2\x82\xAC"};
    return kTexts[pick(0, 9)];
  }

  void fill_info(ModelInfo& info) {
    if (coin()) info.name = name();
    info.producer = text();
    for (int i = pick(0, 3); i > 0; --i) info.history.push_back({text(), text(), text(), text()});
    for (int i = pick(0, 3); i > 0; --i) info.metadata[text()] = text();
    if (coin()) info.scaling_a = 0.1 + 200 * real();
    if (coin()) info.scaling_b = 200 * real() - 100;
    for (int i = pick(0, 4); i > 0; --i) info.class_names.push_back(name());
    for (int i = 2 * pick(0, 3); i > 0; --i) {
      info.anchors.push_back(static_cast<float>(10 * real()));
    }
  }

  std::mt19937_64 random_;
};

}  // namespace akida::test
