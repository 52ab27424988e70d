#include "data/images/encoded_images.h"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace akida;

namespace {

// Images with the ids "0" to "count - 1".
class Numbered final : public data::EncodedImages {
 public:
  explicit Numbered(int count) : count_(count) {}
  [[nodiscard]] std::string name() const override { return "numbers"; }
  bool next(data::EncodedImage& image) override {
    if (next_ == count_) return false;
    image = {.id = std::to_string(next_++)};
    return true;
  }

 private:
  int count_;
  int next_ = 0;
};

std::vector<int> ids(std::unique_ptr<data::EncodedImages> images) {
  std::vector<int> result;
  for (data::EncodedImage image; images->next(image);) result.push_back(std::stoi(image.id));
  return result;
}

std::vector<int> shuffled(int count, std::size_t size, std::uint64_t seed) {
  return ids(data::shuffle_in_buffer(std::make_unique<Numbered>(count), size, Random(seed)));
}

}  // namespace

TEST_CASE("a buffer hands out every image once, none before it was read") {
  const std::vector<int> order = shuffled(100, 10, 1);
  for (std::size_t i = 0; i < order.size(); ++i) CHECK(order[i] < static_cast<int>(i) + 10);
  std::vector<int> sorted = order;
  std::ranges::sort(sorted);
  CHECK(sorted == ids(std::make_unique<Numbered>(100)));
  CHECK(order != sorted);
  CHECK(order == shuffled(100, 10, 1));
  CHECK(order != shuffled(100, 10, 2));
  CHECK(shuffled(100, 1, 1) == sorted);
}

TEST_CASE("every order of a full buffer is equally likely") {
  int counts[6] = {};
  for (std::uint64_t seed = 0; seed < 6000; ++seed) {
    const std::vector<int> order = shuffled(3, 3, seed);
    ++counts[order[0] * 2 + (order[1] > order[2] ? 1 : 0)];
  }
  for (const int count : counts) {  // five standard deviations
    CHECK(count > 855);
    CHECK(count < 1145);
  }
}
