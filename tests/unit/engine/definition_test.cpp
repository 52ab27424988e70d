// The engine against the definition as plain loops (brute_force.h): random networks, every CPU
// mask, several numbers of threads, bit for bit.
#include <catch2/catch.hpp>
#include <cstdlib>

#include "base/cpu.h"
#include "base/error.h"
#include "engine/engine.h"
#include "random_network.h"
#include "snn/bounds.h"

using namespace akida;
using namespace akida::brute;
using engine::Engine;
using engine::Observed;

namespace {

constexpr std::array<const char*, 5> kMasks = {"none", "avx2", "avx512", "vnni", "amx"};

struct MaskGuard {
  explicit MaskGuard(const char* name) { set_cpu_mask(parse_cpu_mask(name)); }
  ~MaskGuard() { set_cpu_mask(~0U); }
};

std::string describe(const snn::Model& model) {
  std::string text;
  for (const snn::Layer& layer : model.layers()) {
    text += fmt::format("\n  {} in {} x{} -> {}", snn::name_of(layer.type()),
                        to_string(layer.input_shape), layer.inbounds.size(),
                        to_string(layer.output_shape));
    if (const auto* c = snn::convolution_of(layer)) {
      text += fmt::format(" {}x{}/{}x{} {}", c->kernel_width, c->kernel_height, c->stride_x,
                          c->stride_y, snn::name_of(c->mode));
    }
    if (const auto* p = snn::pooling_of(layer)) {
      text += fmt::format(" {} {}x{}/{}x{}", snn::name_of(p->type), p->width, p->height,
                          p->stride_x, p->stride_y);
    }
    if (const auto* a = snn::activation_of(layer)) {
      text += fmt::format(" act {} bits {}", a->enabled, a->threshold_fire_bits);
    }
  }
  return text;
}

// Where `got` differs from the samples' expected maps; empty if nowhere.
template <typename Select>
std::string difference(const Dense& got, const std::vector<std::vector<Result>>& expected,
                       Select select) {
  std::int64_t index = 0;
  for (std::size_t sample = 0; sample < expected.size(); ++sample) {
    const Map& map = select(expected[sample]);
    for (std::size_t i = 0; i < map.values.size(); ++i, ++index) {
      if (static_cast<std::int64_t>(got.value(index)) == map.values[i]) continue;
      return fmt::format(
          "sample {}: x {} y {} c {}: got {}, want {}", sample,
          i / static_cast<std::size_t>(map.channels) % static_cast<std::size_t>(map.width),
          i / static_cast<std::size_t>(map.channels * map.width),
          i % static_cast<std::size_t>(map.channels), got.value(index), map.values[i]);
    }
  }
  return index == got.size() ? "" : fmt::format("{} values, want {}", got.size(), index);
}

// What an observer of potentials must see.
Map visible_potentials(const snn::Layer& layer, const Result& result) {
  Map map = result.potentials;
  if (snn::outputs_potentials(layer)) return map;
  for (std::size_t i = 0; i < map.values.size(); ++i) {
    if (result.output.values[i] == 0) map.values[i] = 0;
  }
  return map;
}

bool fits_int32(const snn::Model& model) {
  try {
    static_cast<void>(snn::int32_potential_ranges(model));
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::int64_t nonzeros(const Map& map) {
  return static_cast<std::int64_t>(map.values.size()) -
         std::count(map.values.begin(), map.values.end(), 0);
}

// Every layer observed, both values: "" or the first difference.
std::string compare_observed(const snn::Model& model, Engine& engine, const io::Batch& batch,
                             std::vector<std::vector<Result>> expected) {
  std::string found;
  for (std::size_t i = 0; i < model.layers().size(); ++i) {
    const snn::Layer& layer = model.layer(i);
    if (!snn::outputs_potentials(layer)) {
      engine.observe(i, Observed::kSpikes, [&, i](const io::Batch&, const Dense& values) {
        const std::string text =
            difference(values, expected, [i](const auto& r) { return r[i].output; });
        if (!text.empty() && found.empty()) found = fmt::format("layer {} spikes: {}", i, text);
      });
    }
    if (expected[0][i].potentials.values.empty()) continue;
    engine.observe(i, Observed::kPotentials, [&, i](const io::Batch&, const Dense& values) {
      const std::string text = difference(values, expected, [&](const auto& r) {
        return visible_potentials(model.layer(i), r[i]);
      });
      if (!text.empty() && found.empty()) found = fmt::format("layer {} potentials: {}", i, text);
    });
  }
  const Dense output = engine.forward(batch);
  if (!found.empty()) return found;
  return difference(output, expected, [](const auto& r) { return r.back().output; });
}

std::string compare_statistics(const snn::Model& model, const Engine& engine,
                               const std::vector<Map>& samples,
                               const std::vector<std::vector<Result>>& expected) {
  const auto statistics = engine.statistics();
  for (std::size_t i = 0; i < statistics.size(); ++i) {
    std::int64_t in = 0, out = 0;
    for (std::size_t s = 0; s < samples.size(); ++s) {
      out += nonzeros(expected[s][i].output);
      if (model.layer(i).inbounds.empty()) in += nonzeros(samples[s]);
      for (std::uint32_t from : model.layer(i).inbounds) in += nonzeros(expected[s][from].output);
    }
    if (statistics[i].samples != samples.size() ||
        statistics[i].input_nonzeros != static_cast<std::uint64_t>(in) ||
        statistics[i].output_nonzeros != static_cast<std::uint64_t>(out)) {
      return fmt::format("layer {}: statistics {} samples {} in {} out, want {} {} {}", i,
                         statistics[i].samples, statistics[i].input_nonzeros,
                         statistics[i].output_nonzeros, samples.size(), in, out);
    }
  }
  return "";
}

// A network on random samples and every CPU mask; "" or what differs.
std::string check_network(Dice& dice, const snn::Model& model) {
  if (!fits_int32(model)) return "";
  const Samples samples = random_samples(dice, model, dice.in(1, 4));
  std::vector<std::vector<Result>> expected;
  for (const Map& map : samples.maps) expected.push_back(run(model, map));
  const bool events = model.layer(0).type() == snn::LayerType::kInputData && dice.chance(50);
  const io::Batch batch = events ? as_events(samples) : samples.batch;
  for (const char* mask : kMasks) {
    const MaskGuard guard(mask);
    Engine plain(model, {.jobs = dice.chance(70) ? 1 : dice.in(2, 3)});
    std::string text;
    for (int repeat = 0; repeat < 2 && text.empty(); ++repeat) {  // workspaces are used again
      text =
          difference(plain.forward(batch), expected, [](const auto& r) { return r.back().output; });
      if (!text.empty()) text += fmt::format(" (run {})", repeat);
    }
    plain.reset_statistics();
    if (text.empty()) {
      static_cast<void>(plain.forward(batch));
      text = compare_statistics(model, plain, samples.maps, expected);
    }
    Engine observed(model, {.jobs = dice.chance(70) ? 1 : dice.in(2, 3)});
    if (text.empty()) text = compare_observed(model, observed, batch, expected);
    if (!text.empty()) return fmt::format("mask {}: {}{}", mask, text, describe(model));
  }
  return "";
}

template <typename MakeModel>
void check_networks(std::uint32_t first, std::uint32_t count, MakeModel make_model) {
  for (std::uint32_t seed = first; seed < first + count; ++seed) {
    Dice dice(seed);
    const std::string text = check_network(dice, make_model(dice));
    if (!text.empty()) FAIL("seed " << seed << ": " << text);
  }
  SUCCEED();
}

auto networks(const Limits& limits) {
  return [limits](Dice& dice) { return random_model(dice, limits); };
}

// AKIDA_TEST_SCALE multiplies the number of networks: the acceptance suite sets it.
std::uint32_t scaled(std::uint32_t count) {
  const char* scale = std::getenv("AKIDA_TEST_SCALE");
  return scale == nullptr ? count : count * static_cast<std::uint32_t>(std::atoi(scale));
}

}  // namespace

TEST_CASE("networks of small maps equal the definition on every CPU mask") {
  check_networks(1, scaled(1000), networks({.size = 7, .channels = 6, .layers = 5}));
}

TEST_CASE("networks of larger maps equal the definition on every CPU mask") {
  check_networks(1'000'001, scaled(100), networks({.size = 20, .channels = 9, .layers = 3}));
}

TEST_CASE("single layers equal the definition on every CPU mask") {
  check_networks(2'000'001, scaled(1000), networks({.size = 10, .channels = 40, .layers = 1}));
}

TEST_CASE("large fully connected layers equal the definition on every CPU mask") {
  check_networks(3'000'001, scaled(60), random_fully_connected);
}

TEST_CASE("binary layers equal the definition when they have run some hundred times") {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    Dice dice(seed);
    const snn::Model model = random_binary_layer(dice);
    const Samples samples = random_samples(dice, model, 4);
    std::vector<std::vector<Result>> expected;
    for (const Map& map : samples.maps) expected.push_back(run(model, map));
    for (const char* mask : kMasks) {
      const MaskGuard guard(mask);
      Engine engine(model, {.jobs = dice.in(1, 2)});
      for (int repeat = 0; repeat < 70; ++repeat) {
        const std::string text = difference(engine.forward(samples.batch), expected,
                                            [](const auto& r) { return r.back().output; });
        if (!text.empty()) FAIL("seed " << seed << " repeat " << repeat << ": " << text);
      }
    }
  }
  SUCCEED();
}
