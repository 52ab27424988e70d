#include <algorithm>
#include <cctype>

#include "base/crc32c.h"
#include "io/byte_fields.h"
#include "io/stream.h"
#include "io/stream_layout.h"
#include "io/zstd.h"

namespace akida::io {
namespace {

std::vector<std::byte> read_exactly(ByteSource& source, std::uint64_t count, const char* what) {
  std::vector<std::byte> bytes = read_up_to(source, count);
  if (bytes.size() < count) {
    fail(ErrorKind::kFormat, "offset {}: stream is truncated: {} needs {} bytes, {} remain",
         source.offset() - bytes.size(), what, count, bytes.size());
  }
  return bytes;
}

void check_crc(std::uint32_t stored, std::uint32_t computed, std::uint64_t offset,
               const char* what) {
  if (stored != computed) {
    fail(ErrorKind::kFormat, "offset {}: checksum of the {} is {:#010x}, the stream says {:#010x}",
         offset, what, computed, stored);
  }
}

// The raw bytes of a payload as it is stored.
std::vector<std::byte> unpack(std::vector<std::byte> stored, bool zstd, std::uint32_t raw_bytes) {
  if (zstd) stored = zstd_decompress(stored, raw_bytes);
  if (stored.size() != raw_bytes) {
    fail(ErrorKind::kFormat, "payload of {} bytes, the frame says {}", stored.size(), raw_bytes);
  }
  return stored;
}

}  // namespace

struct StreamReader::Frame {
  std::uint64_t offset = 0;  // in the stream
  std::uint8_t type = 0;
  std::vector<std::byte> payload;  // raw
};

StreamReader::StreamReader(ByteSource& source) : source_(source) {
  with_name_of(source_, [&] {
    read_magic();
    read_header();
  });
}

bool StreamReader::next(Batch& batch) {
  return with_name_of(source_, [&] { return read_batch(batch); });
}

void StreamReader::read_magic() {
  const auto magic = stream_magic();
  const std::vector<std::byte> head = read_up_to(source_, magic.size());
  const auto [differs, expected] = std::mismatch(head.begin(), head.end(), magic.begin());
  if (differs == head.end()) {
    if (head.size() == magic.size()) return;
    if (head.empty()) fail(ErrorKind::kFormat, "offset 0: stream is truncated: the input is empty");
    fail(ErrorKind::kFormat, "offset 0: stream is truncated: magic needs {} bytes, {} remain",
         magic.size(), head.size());
  }
  const auto found = static_cast<unsigned char>(*differs);
  if (differs - head.begin() == kVersionByte && std::isdigit(found) != 0) {
    fail(ErrorKind::kUnsupported,
         "offset {}: stream version {:c} is unknown, this reader knows {:c}", kVersionByte, found,
         static_cast<char>(*expected));
  }
  fail(ErrorKind::kFormat, "offset 0: no sample stream, the magic is missing");
}

void StreamReader::read_header() {
  const std::uint64_t start = source_.offset();
  const auto prefix = read_exactly(source_, sizeof(std::uint32_t), "header length");
  const std::uint32_t length =
      FieldReader(prefix, "offset", start).get_count("header length", kMaxHeaderBytes);
  const auto bytes = read_exactly(source_, length, "header");
  const std::uint64_t tail = source_.offset();
  const auto stored = read_exactly(source_, sizeof(std::uint32_t), "header checksum");
  check_crc(FieldReader(stored, "offset", tail).get<std::uint32_t>("header checksum"),
            crc32c(bytes, crc32c(prefix, crc32c(stream_magic()))), tail, "header");
  header_ = decode_header(bytes);
}

StreamReader::Frame StreamReader::read_frame() {
  Frame frame;
  frame.offset = source_.offset();
  const auto head = read_exactly(source_, kFrameHeaderBytes, "frame header");
  FieldReader fields(head, "offset", frame.offset);
  frame.type = fields.get<std::uint8_t>("frame type");
  if (frame.type != kFrameSamples && frame.type != kFrameEnd) {
    fields.refuse("unknown frame type {}", frame.type);
  }
  const auto flags = fields.get<std::uint8_t>("frame flags");
  if ((flags & ~kFlagZstd) != 0) fields.refuse("reserved frame flags are set: {:#04x}", flags);
  const std::uint32_t stored_bytes = fields.get_count("stored length", kMaxFrameBytes);
  const std::uint32_t raw_bytes = fields.get_count("raw length", kMaxFrameBytes);
  const auto crc = fields.get<std::uint32_t>("frame checksum");
  std::vector<std::byte> stored = read_exactly(source_, stored_bytes, "payload");
  check_crc(crc, crc32c(stored), frame.offset, "payload");
  in_context(fmt::format("offset {}", frame.offset), [&] {
    frame.payload = unpack(std::move(stored), (flags & kFlagZstd) != 0, raw_bytes);
  });
  return frame;
}

bool StreamReader::read_batch(Batch& batch) {
  if (ended_) return false;
  const Frame frame = read_frame();
  if (frame.type == kFrameEnd) {
    check_end(frame);
    ended_ = true;
    return false;
  }
  in_context(fmt::format("offset {}", frame.offset),
             [&] { batch = decode_samples(header_, frame.payload, samples_); });
  samples_ += batch.size;
  events_ += batch.events.size();
  return true;
}

void StreamReader::check_end(const Frame& frame) {
  if (frame.payload.size() != kEndPayloadBytes) {
    fail(ErrorKind::kFormat, "offset {}: end frame of {} bytes, not {}", frame.offset,
         frame.payload.size(), kEndPayloadBytes);
  }
  FieldReader fields(frame.payload, "payload offset");
  const auto samples = fields.get<std::uint64_t>("samples");
  const auto events = fields.get<std::uint64_t>("events");
  if (samples != samples_ || events != events_) {
    fail(ErrorKind::kFormat,
         "offset {}: end frame counts {} samples and {} events, the stream has {} and {}",
         frame.offset, samples, events, samples_, events_);
  }
  if (!source_.peek(1).empty()) {
    fail(ErrorKind::kFormat, "offset {}: bytes follow the end frame", source_.offset());
  }
}

}  // namespace akida::io
