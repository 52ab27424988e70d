// Samples as they travel between the tools: a batch is what one stream frame holds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tensor/dense.h"
#include "tensor/shape.h"

namespace akida::io {

// How the samples of a stream are stored.
enum class StreamKind : std::uint8_t {
  kDense,      // one [height, width, channels] array per sample
  kEvents,     // a list of (y, x, c, value) per sample; everything else is 0
  kRawEvents,  // as kEvents with a time stamp per event: camera output before packetizing
};

enum class LabelKind : std::uint8_t {
  kNone,
  kClass,    // one class index per sample, -1 = unknown
  kTargets,  // `targets` float32 values per sample
  kBoxes,    // boxes per sample, and the size of the original image
};

struct Event {
  std::uint32_t y = 0;
  std::uint32_t x = 0;
  std::uint32_t c = 0;
  std::uint8_t value = 1;  // 1..255
  std::int64_t time = 0;   // microseconds; kRawEvents only

  bool operator==(const Event&) const = default;
};

// In pixels of the stored image, x1 <= x2 and y1 <= y2.
struct Box {
  float x1 = 0, y1 = 0, x2 = 0, y2 = 0;
  std::int32_t class_index = 0;
  bool difficult = false;

  bool operator==(const Box&) const = default;
};

struct BoxLabel {
  std::vector<Box> boxes;
  std::uint32_t original_width = 0;  // of the image before it was resized
  std::uint32_t original_height = 0;

  bool operator==(const BoxLabel&) const = default;
};

struct StreamHeader {
  StreamKind kind = StreamKind::kDense;
  DType dtype = DType::kU8;  // kU8, kI32 or kF32; kU8 for both kinds of events
  Shape shape;               // of every sample
  LabelKind labels = LabelKind::kNone;
  std::uint32_t targets = 0;             // float values per sample where labels is kTargets
  std::vector<std::string> class_names;  // empty or one per class
  float scale = 1.0F;                    // real value of one unit of a stored integer

  bool operator==(const StreamHeader&) const = default;
};

// Consecutive samples. The vectors that the header's kinds do not use stay empty.
struct Batch {
  std::size_t size = 0;          // samples
  std::vector<std::string> ids;  // one per sample
  std::vector<std::int32_t> classes;
  std::vector<float> targets;  // size * header.targets
  std::vector<BoxLabel> boxes;
  Dense dense;                              // [size, height, width, channels]
  std::vector<std::uint32_t> event_counts;  // events of each sample
  std::vector<Event> events;                // of all samples, in order

  bool operator==(const Batch&) const = default;
};

}  // namespace akida::io
