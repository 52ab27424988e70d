// Acceptance: one of 1024 neurons finds nine dots that return in a stream of random ones.
//
// The random dots tutorial (spec: 1000 noise images of 40 dots and 4 that hold the target's nine;
// then 10000 images, 198 with the target) over many seeds, through fit and forward. Prints the
// results and fails where fewer than 55 % of the seeds end with a neuron that holds all nine dots,
// or where the median number of spikes on noise is above 10.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "base/random.h"
#include "codec/architecture.h"
#include "engine/learning.h"
#include "engine/trainer.h"

using namespace akida;
using namespace akida::engine;

namespace {

constexpr std::uint32_t kSide = 32, kDots = 40, kTargetDots = 9;
constexpr std::size_t kTrainingNoise = 1000, kTrainingTargets = 4;
constexpr std::size_t kTestImages = 10000, kTestTargets = 198;
// The images' random stream; the model's are numbered by layers and must have nothing in common.
constexpr std::uint32_t kImageStream = 0x10000;
constexpr double kMinShare = 0.55;
constexpr int kMaxMedianNoise = 10;

// `count` distinct places outside `taken`.
std::vector<std::uint32_t> draw_dots(std::size_t count, const std::vector<std::uint32_t>& taken,
                                     Random& random) {
  std::vector<std::uint32_t> places;
  for (std::uint32_t place = 0; place < kSide * kSide; ++place) {
    if (std::find(taken.begin(), taken.end(), place) == taken.end()) places.push_back(place);
  }
  partial_shuffle(places, count, random);
  places.resize(count);
  return places;
}

// Images of kDots dots; those of `is_target` hold the target's.
io::Batch draw_images(const std::vector<bool>& is_target, const std::vector<std::uint32_t>& target,
                      Random& random) {
  io::Batch batch;
  batch.size = is_target.size();
  for (std::size_t image = 0; image < batch.size; ++image) {
    batch.ids.push_back(std::to_string(image));
    std::vector<std::uint32_t> dots;
    if (is_target[image]) dots = target;
    for (std::uint32_t dot : draw_dots(kDots - dots.size(), dots, random)) dots.push_back(dot);
    for (std::uint32_t dot : dots) batch.events.push_back({.y = dot / kSide, .x = dot % kSide});
    batch.event_counts.push_back(kDots);
  }
  return batch;
}

// True for `targets` of `count` images, at random places.
std::vector<bool> draw_order(std::size_t count, std::size_t targets, Random& random) {
  std::vector<std::uint32_t> places(count);
  std::iota(places.begin(), places.end(), 0U);
  partial_shuffle(places, targets, random);
  std::vector<bool> is_target(count);
  for (std::size_t i = 0; i < targets; ++i) is_target[places[i]] = true;
  return is_target;
}

// The most target dots that one neuron holds.
int most_held(const snn::Layer& layer, const std::vector<std::uint32_t>& target) {
  const auto weights = layer.variables.weights.data<std::int8_t>();
  const auto neurons = static_cast<std::size_t>(snn::num_neurons(layer));
  int most = 0;
  for (std::size_t neuron = 0; neuron < neurons; ++neuron) {
    int held = 0;
    for (std::uint32_t dot : target) held += weights[dot * neurons + neuron];
    most = std::max(most, held);
  }
  return most;
}

struct Result {
  int held = 0;        // target dots of the best neuron
  int recognised = 0;  // test targets with a spike
  int noise_spikes = 0;
};

Result run_seed(const snn::Model& architecture, std::uint64_t seed) {
  Random random(seed, kImageStream);
  const std::vector<std::uint32_t> target = draw_dots(kTargetDots, {}, random);
  snn::Model model = architecture;
  compile(model,
          {.num_weights = 30, .min_plasticity = 0.01, .plasticity_decay = 0.1, .seed = seed});
  const auto training = draw_order(kTrainingNoise + kTrainingTargets, kTrainingTargets, random);
  Trainer(model).fit(draw_images(training, target, random), {.labels = FitLabels::kNone});

  Result result{.held = most_held(model.layers().back(), target)};
  const std::vector<bool> test = draw_order(kTestImages, kTestTargets, random);
  const Dense levels = Engine(model).forward(draw_images(test, target, random));
  const auto neurons = static_cast<std::size_t>(model.output_shape().channels);
  for (std::size_t image = 0; image < kTestImages; ++image) {
    const auto spikes = levels.data<std::uint8_t>().subspan(image * neurons, neurons);
    const int count = std::accumulate(spikes.begin(), spikes.end(), 0);
    if (test[image]) {
      result.recognised += count > 0;
    } else {
      result.noise_spikes += count;
    }
  }
  return result;
}

}  // namespace

// usage: random_dots ARCHITECTURE [SEEDS]
int main(int argc, char** argv) {
  const snn::Model architecture = codec::read_architecture(argv[1]);
  const int seeds = argc > 2 ? std::atoi(argv[2]) : 200;
  std::vector<Result> results;
  for (int seed = 0; seed < seeds; ++seed) {
    results.push_back(run_seed(architecture, static_cast<std::uint64_t>(seed)));
  }
  const auto median = [&](int Result::*value) {
    std::vector<int> values;
    for (const Result& result : results) values.push_back(result.*value);
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  };
  const auto nine = std::count_if(results.begin(), results.end(), [](const Result& result) {
    return result.held == static_cast<int>(kTargetDots);
  });
  const int noise = median(&Result::noise_spikes);
  fmt::print("random dots: {} of {} seeds hold all nine dots (at least {:.0f} %)\n", nine, seeds,
             100 * kMinShare);
  fmt::print("random dots: median noise spikes {} (at most {}), targets recognised {} of {}\n",
             noise, kMaxMedianNoise, median(&Result::recognised), kTestTargets);
  return static_cast<double>(nine) >= kMinShare * seeds && noise <= kMaxMedianNoise ? 0 : 1;
}
