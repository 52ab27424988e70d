#include "data/images/encoded_images.h"

#include <utility>

namespace akida::data {
namespace {

class ShuffledImages final : public EncodedImages {
 public:
  ShuffledImages(std::unique_ptr<EncodedImages> images, std::size_t size, const Random& random)
      : images_(std::move(images)), size_(size), random_(random) {}

  [[nodiscard]] std::string name() const override { return images_->name(); }
  [[nodiscard]] std::optional<double> share() const override { return images_->share(); }

  bool next(EncodedImage& image) override {
    for (EncodedImage more; held_.size() < size_ && !ended_;) {
      ended_ = !images_->next(more);
      if (!ended_) held_.push_back(std::move(more));
    }
    if (held_.empty()) return false;
    EncodedImage& chosen = held_[random_.below(static_cast<std::uint32_t>(held_.size()))];
    image = std::exchange(chosen, std::move(held_.back()));
    held_.pop_back();
    return true;
  }

 private:
  std::unique_ptr<EncodedImages> images_;
  std::size_t size_;
  Random random_;
  std::vector<EncodedImage> held_;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<EncodedImages> shuffle_in_buffer(std::unique_ptr<EncodedImages> images,
                                                 std::size_t size, const Random& random) {
  return std::make_unique<ShuffledImages>(std::move(images), size, random);
}

}  // namespace akida::data
