#include "nn/network_executor.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "cnn/layer_quantizers.h"
#include "float_network.h"
#include "plain_network.h"
#include "random_cnn.h"

using namespace akida;
using namespace akida::nn;
using namespace akida::test;

namespace {

// All layers of `network` by the executor and in double; inference passes of all sizes of a batch
// share an executor, so that shards of other sizes are used, too.
void check_inference(const cnn::Network& network) {
  std::vector<std::size_t> all(network.layers().size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  NetworkExecutor executor(network, {.batch = 5, .jobs = 2, .observed = all});
  for (const std::int64_t count : {5, 1, 3}) {
    Dense samples = random_samples(network.input_shape(), count, 7);
    for (float& value : samples.data<float>()) value *= 8;
    std::vector<double> inputs;
    for (const float value : samples.data<float>()) {
      inputs.push_back((double{value} - network.info.scaling_b) / network.info.scaling_a);
    }
    const auto wanted = PlainNetwork(network).forward(inputs, static_cast<std::size_t>(count));
    executor.forward(samples);
    for (std::size_t i = 0; i < all.size(); ++i) {
      INFO("layer " << i << " '" << network.layer(i).name << "', a "
                    << cnn::name_of(network.layer(i).type()));
      check_near(executor.output(i), wanted[i]);
    }
  }
}

}  // namespace

TEST_CASE("random networks give what plain loops give") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    INFO("seed " << seed);
    cnn::Network network = random_cnn(seed);
    if (std::ranges::any_of(network.layers(), cnn::is_quantized)) continue;
    randomize_variables(network, seed);
    check_inference(network);
  }
}
