// gzip (RFC 1952), recognised by its magic.
#pragma once

#include <memory>
#include <string>

#include "io/bytes.h"

namespace akida::data {

// The content of `source` when that begins with gzip's magic, else `source` itself. Several
// members follow each other; damage and truncation are kFormat errors of read().
[[nodiscard]] std::unique_ptr<io::ByteSource> gunzip(std::unique_ptr<io::ByteSource> source);

// io::open_source, with gzip taken off.
[[nodiscard]] std::unique_ptr<io::ByteSource> open_uncompressed(const std::string& path);

}  // namespace akida::data
