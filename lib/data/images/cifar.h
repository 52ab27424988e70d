// CIFAR-10 and CIFAR-100 in their binary version (Krizhevsky, "Learning multiple layers of features
// from tiny images", 2009): records of one label (CIFAR-100: coarse, then fine) and the 32 x 32
// red, green and blue planes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/sample_source.h"

namespace akida::data {

enum class CifarKind : std::uint8_t { k10, k100Fine, k100Coarse };

enum class CifarPart : std::uint8_t { kTraining, kTest };

struct CifarOptions {
  CifarKind kind = CifarKind::k10;
  CifarPart part = CifarPart::kTraining;  // which files of a folder or an archive
  std::vector<std::string> class_names;   // empty: those found beside the files, for CIFAR-10 else
                                          // the published ones, for CIFAR-100 else none
};

// Dense u8 samples [32, 32, 3] with classes from files of records ("-": standard input), gzipped or
// not. A folder, or a tar or zip archive, stands for the files of the published names in it:
// data_batch_1.bin .. data_batch_5.bin or test_batch.bin, train.bin or test.bin; those of a folder
// in the order of their names, those of an archive in its own. An archive from a pipe is read once,
// so the names in it are not looked for. Throws Error naming the file, the
// record and a label outside the range.
[[nodiscard]] std::unique_ptr<SampleSource> open_cifar(const std::vector<std::string>& paths,
                                                       CifarOptions options);

}  // namespace akida::data
