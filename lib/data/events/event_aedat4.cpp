// AEDAT 4.0, written by DV: a line with the version, an IoHeader, then packets of i32 stream, i32
// size and that many bytes: a FlatBuffer in an LZ4 or zstd frame. A table of all packets may end
// the file. See aedat4.fbs.
#include <algorithm>

#include "aedat4_generated.h"
#include "base/log.h"
#include "data/events/aedat4_info.h"
#include "data/events/event_readers.h"
#include "data/events/lz4_frame.h"
#include "io/zstd.h"

namespace akida::data {
namespace {

constexpr std::string_view kMagic = "#!AER-DAT4.0";
constexpr std::uint32_t kMaxHeaderBytes = 1U << 24;
constexpr std::int32_t kMaxPacketBytes = 1 << 28;  // stored, and decompressed
constexpr std::size_t kPacketHeaderBytes = 8;
constexpr std::size_t kPrefixBytes = sizeof(flatbuffers::uoffset_t);
constexpr std::size_t kIdentifiedBytes = 12;  // size, root offset and identifier of a buffer
constexpr flatbuffers::uoffset_t kMaxDepth = 4;
constexpr flatbuffers::uoffset_t kMaxTables = 16;

// The root of a buffer with its size in front; null where it is not a sound one of `identifier`.
template <typename Table>
const Table* verified_root(std::span<const std::byte> buffer, const char* identifier) {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(buffer.data());
  if (buffer.size() < kIdentifiedBytes) return nullptr;
  flatbuffers::Verifier verifier(bytes, buffer.size(), kMaxDepth, kMaxTables);
  if (!verifier.VerifySizePrefixedBuffer<Table>(identifier)) return nullptr;
  return flatbuffers::GetSizePrefixedRoot<Table>(bytes);
}

bool is_events(std::span<const std::byte> buffer) {
  return buffer.size() >= kIdentifiedBytes &&
         flatbuffers::BufferHasIdentifier(buffer.data(), "EVTS", true);
}

class Aedat4Reader final : public EventReader {
 public:
  explicit Aedat4Reader(ByteWindow window) : window_(std::move(window)) { read_header(); }

  bool next(EventBlock& block) override {
    block.events.clear();
    while (block.events.empty()) {
      if (!read_packet(block.events)) return false;
    }
    block.starts_sample = std::exchange(is_first_, false);
    return true;
  }

 private:
  void read_header() {
    if (!window_.take_line(kMagic)) window_.refuse(0, "no AEDAT 4.0, the magic is missing");
    const auto size = load<std::uint32_t>(window_.need(kPrefixBytes, "header length").data());
    if (size > kMaxHeaderBytes) {
      window_.refuse(0, "header length {} exceeds limit {}", size, kMaxHeaderBytes);
    }
    const auto bytes = window_.need(kPrefixBytes + size, "header");
    buffer_.assign(bytes.begin(), bytes.end());  // aligned
    const auto* const header = verified_root<aedat4::IoHeader>(buffer_, "IOHE");
    if (header == nullptr) window_.refuse(0, "header is damaged");
    compression_ = header->compression();
    table_position_ = header->data_table_position();
    if (compression_ < aedat4::Compression::MIN || compression_ > aedat4::Compression::MAX) {
      fail(ErrorKind::kUnsupported, "{}: offset {}: compression {} is unknown", window_.name(),
           window_.offset(), static_cast<std::int32_t>(compression_));
    }
    if (header->info_node() != nullptr) {
      read_sensor_size(header->info_node()->string_view(), header_.shape);
    }
    window_.consume(kPrefixBytes + size);
  }

  // Appends the events of one packet; false at the end.
  bool read_packet(std::vector<io::Event>& events) {
    const bool at_table =
        table_position_ >= 0 && window_.offset() >= static_cast<std::uint64_t>(table_position_);
    if (at_table) {
      do {
        window_.consume(window_.bytes().size());  // so that the writer of a pipe can finish
      } while (window_.fill());
      return false;
    }
    if (window_.bytes().empty() && !window_.fill()) return false;
    const auto* const head = window_.need(kPacketHeaderBytes, "packet header").data();
    const auto stream = load<std::int32_t>(head);
    const auto size = load<std::int32_t>(head + sizeof stream);
    if (size < 0 || size > kMaxPacketBytes) {
      window_.refuse(sizeof stream, "packet length {} is outside 0..{}", size, kMaxPacketBytes);
    }
    const auto packet = window_.need(kPacketHeaderBytes + static_cast<std::size_t>(size), "packet");
    in_context(fmt::format("{}: offset {}", window_.name(), window_.offset()),
               [&] { decode(stream, packet.subspan(kPacketHeaderBytes), events); });
    window_.consume(kPacketHeaderBytes + static_cast<std::size_t>(size));
    return true;
  }

  void decode(std::int32_t stream, std::span<const std::byte> packet,
              std::vector<io::Event>& events) {
    const std::span<const std::byte> buffer = unpack(packet);
    if (!is_events(buffer)) return;  // frames, measurements, triggers
    if (!has_stream_) {
      stream_ = stream;
      has_stream_ = true;
    }
    if (stream != stream_) {
      if (!std::exchange(told_, true)) {
        log_warning("{}: events of stream {} are left out, those of {} are read", window_.name(),
                    stream, stream_);
      }
      return;
    }
    const auto* const root = verified_root<aedat4::EventPacket>(buffer, "EVTS");
    if (root == nullptr) fail(ErrorKind::kFormat, "packet of events is damaged");
    if (root->elements() != nullptr) append(*root->elements(), events);
  }

  static void append(const flatbuffers::Vector<const aedat4::Event*>& elements,
                     std::vector<io::Event>& events) {
    events.reserve(events.size() + elements.size());
    for (const aedat4::Event* const event : elements) {
      if (event->x() < 0 || event->y() < 0) {
        fail(ErrorKind::kFormat, "event at x {}, y {} is outside the sensor", event->x(),
             event->y());
      }
      events.push_back({.y = static_cast<std::uint32_t>(event->y()),
                        .x = static_cast<std::uint32_t>(event->x()),
                        .c = event->on() ? 1U : 0U,
                        .time = event->timestamp()});
    }
  }

  // The packet's FlatBuffer, aligned; valid until the next one.
  std::span<const std::byte> unpack(std::span<const std::byte> packet) {
    switch (compression_) {
      case aedat4::Compression::None:
        buffer_.assign(packet.begin(), packet.end());
        return buffer_;
      case aedat4::Compression::Lz4:
      case aedat4::Compression::Lz4High:
        return lz4_.decompress(packet, kMaxPacketBytes);
      case aedat4::Compression::Zstd:
      case aedat4::Compression::ZstdHigh:
        buffer_ = io::zstd_decompress(packet, kMaxPacketBytes, io::ZstdChecksum::kOptional);
        return buffer_;
    }
    return {};
  }

  ByteWindow window_;
  bool is_first_ = true;
  aedat4::Compression compression_ = aedat4::Compression::None;
  std::int64_t table_position_ = -1;
  std::vector<std::byte> buffer_;
  Lz4Decoder lz4_;
  std::int32_t stream_ = 0;  // whose events are read
  bool has_stream_ = false;
  bool told_ = false;  // that there are others
};

}  // namespace

ReaderPointer open_aedat4(ByteWindow window) {
  return std::make_unique<Aedat4Reader>(std::move(window));
}

}  // namespace akida::data
