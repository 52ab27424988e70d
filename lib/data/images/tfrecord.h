// TFRecord files: records of any bytes, each framed as
//   u64 length, u32 masked CRC-32C of these 8 bytes, the bytes, u32 masked CRC-32C of them,
// little-endian, with mask(crc) = ((crc >> 15) | (crc << 17)) + 0xa282ead8 modulo 2^32. As
// TensorFlow's documentation of the format says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "io/bytes.h"

namespace akida::data {

inline constexpr std::uint64_t kMaxRecordBytes = 1ULL << 28;

class TfRecordReader {
 public:
  explicit TfRecordReader(std::unique_ptr<io::ByteSource> source) : source_(std::move(source)) {}

  // Replaces `record` by the next one; false after the last. Throws kFormat, the file's name in
  // front, for wrong checksums, lengths beyond the limit and a file that ends within a record.
  [[nodiscard]] bool next(std::vector<std::byte>& record);

  // Records returned so far, and what messages call the last one: "a.tfrecord: record 7".
  [[nodiscard]] std::uint64_t records() const { return records_; }
  [[nodiscard]] std::string record_name() const;

  [[nodiscard]] const std::string& name() const { return source_->name(); }

 private:
  [[noreturn]] void refuse_truncated(const char* what, std::uint64_t needed,
                                     std::uint64_t remain) const;

  std::unique_ptr<io::ByteSource> source_;
  std::uint64_t records_ = 0;
  std::uint64_t offset_ = 0;  // of the record being read
};

// The checksum as TFRecord files hold it.
[[nodiscard]] std::uint32_t masked_crc32c(std::span<const std::byte> bytes);

}  // namespace akida::data
