// Small streams of every kind of data and label, for tests of the format and of its readers.
#pragma once

#include <vector>

#include "base/random.h"
#include "io/bytes.h"
#include "io/sample.h"
#include "io/stream.h"

namespace stream_examples {

using namespace akida;

struct Example {
  io::StreamHeader header;
  io::Batch batch;
};

inline io::BoxLabel boxes_of(std::size_t sample) {
  io::BoxLabel label{.boxes = {}, .original_width = 640, .original_height = 480};
  for (std::size_t i = 0; i < sample % 3; ++i) {
    const auto edge = static_cast<float>(i) + 0.25F;
    label.boxes.push_back({edge, edge, edge + 3, edge + 2, static_cast<std::int32_t>(i), i == 1});
  }
  return label;
}

// `samples` samples of random content; ids are "<prefix><index>", none with an empty prefix.
inline Example make(io::StreamKind kind, DType dtype, io::LabelKind labels, std::size_t samples,
                    const std::string& prefix = "") {
  Example example;
  io::StreamHeader& header = example.header;
  header.kind = kind;
  header.dtype = dtype;
  header.shape = {.width = 5, .height = 4, .channels = 3};
  header.labels = labels;
  header.targets = labels == io::LabelKind::kTargets ? 2 : 0;
  header.class_names = {"cat", "dog", "gr\xC3\xBCn"};
  header.scale = 0.5F;
  io::Batch& batch = example.batch;
  batch.size = samples;
  Random random(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    if (!prefix.empty()) batch.ids.push_back(prefix + std::to_string(i));
    if (labels == io::LabelKind::kClass) {
      batch.classes.push_back(static_cast<std::int32_t>(random.below(4)) - 1);
    }
    if (labels == io::LabelKind::kTargets) {
      batch.targets.push_back(static_cast<float>(random.normal()));
      batch.targets.push_back(-0.0F);
    }
    if (labels == io::LabelKind::kBoxes) batch.boxes.push_back(boxes_of(i));
  }
  if (kind == io::StreamKind::kDense) {
    batch.dense = Dense(dtype, {static_cast<std::int64_t>(samples), 4, 5, 3});
    for (std::byte& byte : batch.dense.bytes()) byte = static_cast<std::byte>(random.below(16));
    return example;
  }
  for (std::size_t i = 0; i < samples; ++i) {
    batch.event_counts.push_back(random.below(7));
    for (std::uint32_t e = 0; e < batch.event_counts.back(); ++e) {
      io::Event event{random.below(4), random.below(5), random.below(3),
                      static_cast<std::uint8_t>(1 + random.below(255)), 0};
      if (kind == io::StreamKind::kRawEvents) event.time = -5 + 1000000000000LL * e;
      batch.events.push_back(event);
    }
  }
  return example;
}

// One of each kind of data with each kind of label.
inline std::vector<Example> all(std::size_t samples, const std::string& prefix = "") {
  std::vector<Example> examples;
  for (const auto labels : {io::LabelKind::kNone, io::LabelKind::kClass, io::LabelKind::kTargets,
                            io::LabelKind::kBoxes}) {
    for (const DType dtype : {DType::kU8, DType::kI32, DType::kF32}) {
      examples.push_back(make(io::StreamKind::kDense, dtype, labels, samples, prefix));
    }
    for (const auto kind : {io::StreamKind::kEvents, io::StreamKind::kRawEvents}) {
      examples.push_back(make(kind, DType::kU8, labels, samples, prefix));
    }
  }
  return examples;
}

inline std::vector<std::byte> encode(const io::StreamHeader& header,
                                     const std::vector<io::Batch>& batches, bool compress = false) {
  io::MemorySink sink;
  io::StreamWriter writer(sink, header, {.compress = compress});
  for (const io::Batch& batch : batches) writer.write(batch);
  writer.finish();
  return sink.bytes();
}

}  // namespace stream_examples
