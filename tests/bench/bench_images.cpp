// Decodes and resizes image files as akida-data import images does, for peer_pillow.py: reads a
// number of rounds per line from standard input and answers with the milliseconds they took, of the
// clock on the wall and of all processors together.
//
// usage: bench-images WIDTH HEIGHT JOBS FILE...
#include <chrono>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

#include "data/images/decoded_images.h"
#include "data/images/image_preparation.h"
#include "io/bytes.h"

namespace {

using namespace akida;

// The same files again and again, from memory.
class RepeatedImages final : public data::EncodedImages {
 public:
  RepeatedImages(const std::vector<data::EncodedImage>& images, std::size_t rounds)
      : images_(images), left_(rounds * images.size()) {}
  [[nodiscard]] std::string name() const override { return "images"; }
  bool next(data::EncodedImage& image) override {
    if (left_ == 0) return false;
    image = images_[--left_ % images_.size()];
    return true;
  }

 private:
  const std::vector<data::EncodedImage>& images_;
  std::size_t left_;
};

struct Milliseconds {
  double wall, processors;
};

Milliseconds measure(const std::vector<data::EncodedImage>& images, std::size_t rounds,
                     const data::ImageFit& fit, int jobs) {
  const std::clock_t start_processors = std::clock();
  const auto start = std::chrono::steady_clock::now();
  const data::ImagePreparation preparation{.channels = 3, .fit = fit};
  data::DecodingOptions options{.jobs = jobs};
  options.change = [&](data::DecodedImage& sample, std::uint64_t index) {
    sample.image = data::prepare_image(sample.image, preparation, {}, index);
  };
  const auto source =
      data::decode_images(std::make_unique<RepeatedImages>(images, rounds), {}, options);
  for (io::Batch batch; source->next(batch);) {
  }
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
  return {.wall = taken.count(),
          .processors = 1000.0 * static_cast<double>(std::clock() - start_processors) /
                        static_cast<double>(CLOCKS_PER_SEC)};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return 2;
  const data::ImageFit fit{.width = std::stoi(argv[1]), .height = std::stoi(argv[2])};
  std::vector<data::EncodedImage> images;
  for (int i = 4; i < argc; ++i) {
    images.push_back({.name = argv[i],
                      .bytes = io::read_all(*io::open_source(argv[i]), data::kMaxEncodedBytes)});
  }
  for (std::size_t rounds = 0; std::cin >> rounds;) {
    const Milliseconds taken = measure(images, rounds, fit, std::stoi(argv[3]));
    std::cout << taken.wall << ' ' << taken.processors << std::endl;
  }
  return 0;
}
