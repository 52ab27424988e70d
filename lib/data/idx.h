// IDX files, the format of MNIST: http://yann.lecun.com/exdb/mnist, "THE IDX FILE FORMAT".
//
// Big-endian: two zero bytes, element type (0x08: unsigned byte), number of dimensions d, d times
// u32 size, then the elements with the last index fastest.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/sample_source.h"
#include "io/bytes.h"

namespace akida::data {

// Dense u8 samples from images [n, height, width] or [n, height, width, channels] of unsigned
// bytes and, where `labels` is given, classes from labels [n]. Throws kUnsupported for other types,
// kFormat for other shapes, files of different n, and files shorter or longer than their header
// says.
[[nodiscard]] std::unique_ptr<SampleSource> open_idx(std::unique_ptr<io::ByteSource> images,
                                                     std::unique_ptr<io::ByteSource> labels,
                                                     std::vector<std::string> class_names);

}  // namespace akida::data
