// Acceptance: a pass over 60000 images teaches 1000 neurons to tell ten classes apart.
//
// Encoder and network: testdata/arch/mnist_edge.yaml; learning_competition 0.1, the rest of the
// parameters at their defaults. Prints the accuracy on the test images and the time of the pass
// for three seeds, and fails where their mean is below the bar.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "codec/architecture.h"
#include "data/gzip.h"
#include "data/idx.h"
#include "engine/learning.h"
#include "engine/readout.h"
#include "engine/trainer.h"

using namespace akida;
using namespace akida::engine;

namespace {

constexpr std::int32_t kClasses = 10;
constexpr int kSeeds = 3;
constexpr int kSkipped = 77;  // Meson's exit status for a test that could not run

using Batches = std::vector<io::Batch>;

// All samples of <folder>/<part>-images-idx3-ubyte.gz and their labels.
Batches read_images(const std::string& folder, const std::string& part) {
  const auto open = [&](const char* rest) {
    return data::open_uncompressed(folder + "/" + part + rest);
  };
  const auto source =
      data::open_idx(open("-images-idx3-ubyte.gz"), open("-labels-idx1-ubyte.gz"), {});
  Batches batches;
  for (io::Batch batch; source->next(batch);) batches.push_back(std::move(batch));
  return batches;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Share of samples whose class is predicted, in percent.
double accuracy(const snn::Model& model, const Batches& batches) {
  Engine engine(model);
  std::size_t right = 0, samples = 0;
  for (const io::Batch& batch : batches) {
    const Dense predicted = engine.predict(batch, kClasses);
    const auto classes = predicted.data<std::int32_t>();
    for (std::size_t i = 0; i < batch.size; ++i) right += classes[i] == batch.classes[i];
    samples += batch.size;
  }
  return 100.0 * static_cast<double>(right) / static_cast<double>(samples);
}

// Accuracy on `test` after one pass over `training`.
double learn(const char* name, snn::Model model, std::int32_t num_weights, std::uint64_t seed,
             const Batches& training, const Batches& test) {
  compile(model, {.num_weights = num_weights,
                  .num_classes = kClasses,
                  .learning_competition = 0.1,
                  .seed = seed});
  const auto start = std::chrono::steady_clock::now();
  Trainer trainer(model);
  for (const io::Batch& batch : training) trainer.fit(batch);
  const double seconds = seconds_since(start);
  const double percent = accuracy(model, test);
  fmt::print("{}: {} ones, seed {}: {:.2f} % ({} samples in {:.1f} s, {} learned)\n", name,
             num_weights, seed, percent, trainer.counts().samples, seconds,
             trainer.counts().learned);
  return percent;
}

}  // namespace

// usage: edge_learning ARCHITECTURE NAME FOLDER NUM_WEIGHTS MEAN DATA
//
// NAME is for the output; FOLDER is relative to $AKIDA_DATA, by default DATA, or absolute; MEAN is
// the least mean accuracy in percent.
int main(int argc, char** argv) {
  if (argc != 7) return 2;
  const char* name = argv[2];
  std::string folder = argv[3];
  if (folder.front() != '/') {
    const char* data = std::getenv("AKIDA_DATA");
    folder = std::string(data == nullptr ? argv[6] : data) + "/" + folder;
  }
  if (access((folder + "/train-images-idx3-ubyte.gz").c_str(), R_OK) != 0) {
    fmt::print("{}: skipped: no images in {}; AKIDA_DATA names the folder of real data\n", name,
               folder);
    return kSkipped;
  }
  const snn::Model architecture = codec::read_architecture(argv[1]);
  const Batches training = read_images(folder, "train"), test = read_images(folder, "t10k");
  const int num_weights = std::atoi(argv[4]);
  const double bar = std::atof(argv[5]);
  double sum = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    sum += learn(name, architecture, num_weights, seed, training, test);
  }
  const double mean = sum / kSeeds;
  fmt::print("{}: {} ones: mean {:.2f} % (at least {:.1f} %)\n", name, num_weights, mean, bar);
  return mean >= bar ? 0 : 1;
}
