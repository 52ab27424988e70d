#include "data/images/tfrecord.h"

#include <array>

#include "base/crc32c.h"
#include "base/error.h"

namespace akida::data {
namespace {

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kChecksumBytes = 4;
constexpr std::uint32_t kMask = 0xA282EAD8;

template <typename Integer>
Integer little_endian(std::span<const std::byte> bytes) {
  Integer value = 0;
  for (std::size_t i = sizeof(Integer); i-- > 0;) {
    value = static_cast<Integer>(value << 8 | static_cast<Integer>(bytes[i]));
  }
  return value;
}

}  // namespace

std::uint32_t masked_crc32c(std::span<const std::byte> bytes) {
  const std::uint32_t crc = crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + kMask;
}

std::string TfRecordReader::record_name() const {
  return fmt::format("{}: record {}", name(), records_ - 1);
}

bool TfRecordReader::next(std::vector<std::byte>& record) {
  offset_ = source_->offset();
  std::array<std::byte, kLengthBytes + kChecksumBytes> head{};
  const std::size_t got = io::read_full(*source_, head);
  if (got == 0) return false;
  if (got < head.size()) refuse_truncated("head", head.size(), got);
  const std::span length_bytes = std::span(head).first(kLengthBytes);
  const auto check = [&](std::span<const std::byte> bytes, std::span<const std::byte> stored,
                         const char* what) {
    const auto expected = little_endian<std::uint32_t>(stored);
    if (masked_crc32c(bytes) != expected) {
      fail(ErrorKind::kFormat,
           "{}: record {}: offset {}: checksum of {} is {:#010x}, not {:#010x}{}", name(), records_,
           offset_, what, masked_crc32c(bytes), expected,
           records_ == 0 && what[0] == 'l' ? ", is this a TFRecord file?" : "");
    }
  };
  check(length_bytes, std::span(head).subspan(kLengthBytes), "length");
  const auto length = little_endian<std::uint64_t>(length_bytes);
  if (length > kMaxRecordBytes) {
    fail(ErrorKind::kFormat, "{}: record {}: offset {}: length {} exceeds limit {}", name(),
         records_, offset_, length, kMaxRecordBytes);
  }
  record = io::read_up_to(*source_, length + kChecksumBytes);
  if (record.size() < length + kChecksumBytes) {
    refuse_truncated("data", length + kChecksumBytes, record.size());
  }
  const std::span content = std::span(record).first(static_cast<std::size_t>(length));
  check(content, std::span(record).last(kChecksumBytes), "data");
  record.resize(content.size());
  ++records_;
  return true;
}

void TfRecordReader::refuse_truncated(const char* what, std::uint64_t needed,
                                      std::uint64_t remain) const {
  fail(ErrorKind::kFormat,
       "{}: record {}: offset {}: file is truncated: {} needs {} bytes, {} remain", name(),
       records_, offset_, what, needed, remain);
}

}  // namespace akida::data
