// bench-training - times training steps of a small convolutional network.
//
// usage: bench-training JOBS
//
// For every line of stdin, a number of steps, it runs so many (forward and backward of one batch)
// and prints the milliseconds that they took. peer_torch.py asks it and PyTorch in turn.
#include <chrono>
#include <iostream>
#include <string>
#include <vector>

#include "base/random.h"
#include "cnn/initializers.h"
#include "cnn/network.h"
#include "nn/network_executor.h"
#include "tensor/dense.h"

namespace {

using namespace akida;

constexpr std::int64_t kBatch = 128;

cnn::Network benchmark_network() {
  cnn::Network network;
  network.add({.parameters = cnn::Input{{28, 28, 1}}});
  for (const std::int32_t filters : {32, 64}) {
    network.add({.parameters = cnn::Conv2D{
                     .filters = filters, .kernel_size = {3, 3}, .padding = cnn::Padding::kSame}});
    network.add({.parameters = cnn::ReLU{}});
    network.add({.parameters = cnn::MaxPooling2D{}});
  }
  network.add({.parameters = cnn::Flatten{}});
  network.add({.parameters = cnn::Dense{.units = 10}});
  cnn::initialize_zero_kernels(network, 1);
  return network;
}

Dense random_images() {
  Dense images(DType::kF32, {kBatch, 28, 28, 1});
  Random random(1);
  for (float& value : images.data<float>()) value = static_cast<float>(2 * random.uniform() - 1);
  return images;
}

}  // namespace

int main(int argc, char** argv) {
  const int jobs = argc > 1 ? std::stoi(argv[1]) : 1;
  const cnn::Network network = benchmark_network();
  nn::NetworkExecutor executor(network, {.batch = kBatch, .jobs = jobs, .training = true});
  const Dense samples = random_images();
  std::uint32_t step = 0;
  for (int steps = 0; std::cin >> steps;) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < steps; ++i) {
      const auto outputs = executor.forward_training(samples, 1, ++step);
      executor.backward(outputs);  // as the gradient of half the sum of squares
    }
    const std::chrono::duration<double, std::milli> passed =
        std::chrono::steady_clock::now() - start;
    std::cout << passed.count() << std::endl;
  }
}
