// Sample streams (.aks): formats/stream.md says what every byte means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "io/bytes.h"
#include "io/sample.h"

namespace akida::io {

// What a reader refuses before it allocates and a writer refuses to produce.
inline constexpr std::uint32_t kMaxHeaderBytes = 1U << 24;
inline constexpr std::uint32_t kMaxFrameBytes = 1U << 29;  // stored or raw
inline constexpr std::uint32_t kMaxFrameSamples = 1U << 20;
inline constexpr std::uint32_t kMaxSide = 1U << 16;            // height, width or channels
inline constexpr std::int64_t kMaxSampleElements = 1LL << 26;  // height x width x channels
inline constexpr std::uint32_t kMaxClasses = 1U << 16;
inline constexpr std::uint32_t kMaxNameBytes = 4096;  // an id or a class name
inline constexpr std::uint32_t kMaxTargets = 1U << 20;
inline constexpr std::uint32_t kMaxBoxes = 1U << 16;  // of one sample

// The first bytes of every stream.
[[nodiscard]] std::span<const std::byte> stream_magic();

// Reads batches of at most one frame, whose size writers bound (about 1 MiB).
class StreamReader {
 public:
  // Reads the header from `source`, which must outlive the reader.
  //
  // Throws kFormat for anything formats/stream.md tells a reader to refuse, but kUnsupported for
  // another version and, in next(), kInvalid for an id, a label or an event out of range. Messages
  // begin with the source's name and the offset: "in.aks: offset 8: header length 4294967295
  // exceeds limit 16777216".
  explicit StreamReader(ByteSource& source);

  [[nodiscard]] const StreamHeader& header() const { return header_; }

  // Replaces `batch` by the next samples; false after the last one, once the end frame agreed
  // with what was read and nothing followed it. Ids are always filled in. Throws like the
  // constructor; a stream that stops early is "truncated".
  [[nodiscard]] bool next(Batch& batch);

 private:
  struct Frame;
  void read_magic();
  void read_header();
  [[nodiscard]] Frame read_frame();
  [[nodiscard]] bool read_batch(Batch& batch);
  void check_end(const Frame& frame);

  ByteSource& source_;
  StreamHeader header_;
  std::uint64_t samples_ = 0;  // read so far
  std::uint64_t events_ = 0;
  bool ended_ = false;
};

struct StreamWriterOptions {
  bool compress = false;  // zstd for every frame that it makes smaller
};

// Writes samples in frames of about 1 MiB, at least one sample each. Where frames begin depends
// on the samples only, never on how they were grouped into batches: equal samples give equal
// bytes, unless flush() is called.
class StreamWriter {
 public:
  // Writes the header. `sink` must outlive the writer; closing it is the caller's. Throws
  // kInvalid when the header breaks a rule of the format.
  StreamWriter(ByteSink& sink, const StreamHeader& header, StreamWriterOptions options = {});

  // Appends all samples of `batch`. Empty `ids` stand for decimal indices. Throws kInvalid when
  // the batch does not fit the header, naming the sample.
  void write(const Batch& batch);

  // Ends the frame and flushes the sink: a reader at the other end of a pipe has all samples
  // written so far.
  void flush();

  // Writes what is pending and the end frame. Call it once, before closing the sink.
  void finish();

 private:
  void append_sample(const Batch& batch, std::size_t sample, std::size_t first_event);
  void flush_frame();
  void put_frame(std::uint8_t type, const std::vector<std::byte>& payload);

  ByteSink& sink_;
  StreamHeader header_;
  StreamWriterOptions options_;
  std::uint64_t samples_ = 0;  // appended so far
  std::uint64_t events_ = 0;
  // The frame being filled, one buffer per part of its payload.
  std::uint32_t pending_ = 0;  // samples
  std::size_t pending_bytes_ = 0;
  bool default_ids_ = true;
  std::vector<std::byte> id_lengths_, id_bytes_, labels_, counts_, data_;
};

}  // namespace akida::io
