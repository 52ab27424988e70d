#include "akida-train/augment_text.h"

#include <catch2/catch.hpp>

#include "base/error.h"

using namespace akida;
using namespace akida::train;
using Catch::Matchers::Contains;

TEST_CASE("changes are read and written in one form") {
  const nn::Augmentation read = parse_augmentation("noise=2.5,flip,shift=0.1,crop=0.25");
  CHECK((read == nn::Augmentation{.flip = true, .shift = 0.1, .crop = 0.25, .noise = 2.5}));
  CHECK(to_text(read) == "flip,shift=0.1,crop=0.25,noise=2.5");
  CHECK((parse_augmentation(to_text(read)) == read));
  CHECK(to_text(parse_augmentation("")) == "");
  CHECK(parse_augmentation("brightness=0.5").brightness == 0.5);
}

TEST_CASE("changes that are unknown, repeated, incomplete or out of range are misuse") {
  CHECK_THROWS_WITH(parse_augmentation("shfit=0.1"),
                    Contains("'shfit=0.1' is none of flip, shift, crop, brightness, noise; the "
                             "nearest is 'shift'"));
  CHECK_THROWS_WITH(parse_augmentation("shift=0.1,shift=0.2"), "--augment: shift is given twice");
  CHECK_THROWS_WITH(parse_augmentation("crop"), "--augment: crop needs a value: crop=X");
  CHECK_THROWS_WITH(parse_augmentation("crop=1px"), "--augment: crop '1px' is no number");
  CHECK_THROWS_WITH(parse_augmentation("crop=1"), "--augment: crop 1 is outside 0 <= crop < 1");
  CHECK_THROWS_WITH(parse_augmentation("flip=1"), Contains("'flip=1' is none of"));
  CHECK_THROWS_AS(parse_augmentation("flip,,shift=0.1"), Error);
}
