// Point clouds of a data set in one .npz file, the form in which the documented preprocessing of
// ModelNet40 keeps them (ModelNet40_<points>pts.npz): train_points [n, points, 3], train_labels
// [n], test_points, test_labels and class_map, a Python dictionary {label: name}.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/sample_source.h"
#include "io/bytes.h"

namespace akida::data {

// One set ("train", "test") of a cache: dense f32 samples, height `points`, width 1, channels 3,
// with classes. Points may be float32 or float64. Class names are `class_names` or, where that is
// empty, the cache's class_map (none where it lacks one). The file is read twice and cannot be a
// pipe. Throws kInvalid where an array is missing or has another shape, kFormat for damage, with
// the names of the file and of the array.
[[nodiscard]] std::unique_ptr<SampleSource> open_cloud_cache(const std::string& path,
                                                             const std::string& set,
                                                             std::vector<std::string> class_names);

// What a cache is written from: clouds as float32 [n, points, 3] and the classes of the samples.
struct CloudSet {
  Dense points;
  std::vector<std::int32_t> labels;
};

// Writes a cache that numpy.load reads. Equal sets give equal bytes. Throws kUnsupported where
// this program was built without libarchive.
void write_cloud_cache(io::ByteSink& sink, const CloudSet& train, const CloudSet& test,
                       const std::vector<std::string>& class_names);

}  // namespace akida::data
