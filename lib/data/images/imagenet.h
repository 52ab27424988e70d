// ImageNet as TFRecord files, and the names of its 1,000 classes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/images/image_fit.h"
#include "data/sample_source.h"

namespace akida::data {

inline constexpr std::int32_t kImagenetClasses = 1000;
inline constexpr std::size_t kMaxShuffleBuffer = std::size_t{1} << 24;
inline constexpr std::size_t kMaxInterleave = 1024;

// The words of class `index`, "tench, Tinca tinca" of 0. Throws kInvalid outside 0..999.
[[nodiscard]] std::string_view imagenet_label(std::int64_t index);

struct ImagenetOptions {
  bool training = false;  // which files of a folder, and random parts instead of the middle
  std::int32_t width = 224;
  std::int32_t height = 224;
  std::int32_t channels = 3;  // or 1, grey
  ResizeFilter filter = ResizeFilter::kLegacy;
  bool colours = false;  // training: distort_colours as well
  std::uint64_t seed = 0;
  std::int32_t epochs = 1;  // training: how often the files are gone through, always anew
  std::size_t shard = 0;    // of the files take numbers shard, shard + shards, ... only
  std::size_t shards = 1;
  std::size_t interleave = 1;      // files read in turn, one record of each
  std::size_t shuffle_buffer = 1;  // training: see shuffle_in_buffer
  std::size_t batch = 1;           // samples at the end that fill no batch of so many are dropped
  std::vector<std::string> class_names;  // empty: those of ImageNet
  int jobs = 0;                          // threads, 0 for one per processor
};

// Dense u8 samples [height, width, 3] with classes from TFRecord files, gzipped or not ("-":
// standard input). A folder stands for all its files train-NNNNN-of-MMMMM or
// validation-NNNNN-of-MMMMM, of which none may be missing.
//
// A record is a tf.Example with the image file in image/encoded, its label in image/class/label (1
// is class 0; 0 or none: unknown) and boxes in image/object/bbox/{xmin,ymin,xmax,ymax}. The id is
// image/filename, or the file's name and the record's number.
//
// Evaluation: fit_image with FitMode::kImagenet. Training: the files in random order, a shuffle
// buffer, distort_image. Equal options and seed give equal samples.
[[nodiscard]] std::unique_ptr<SampleSource> open_imagenet(const std::vector<std::string>& paths,
                                                          ImagenetOptions options);

}  // namespace akida::data
