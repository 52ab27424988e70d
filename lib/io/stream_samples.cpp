#include <cstring>

#include "io/batch.h"
#include "io/byte_fields.h"
#include "io/stream.h"
#include "io/stream_layout.h"

namespace akida::io {
namespace {

// The fewest bytes one sample's label and data can take.
std::uint64_t smallest_sample(const StreamHeader& header) {
  std::uint64_t bytes = 0;
  if (header.labels == LabelKind::kClass) bytes += sizeof(std::int32_t);
  if (header.labels == LabelKind::kTargets) bytes += sizeof(float) * std::uint64_t{header.targets};
  if (header.labels == LabelKind::kBoxes) bytes += kBoxLabelBytes;
  if (header.kind == StreamKind::kDense) {
    return bytes + static_cast<std::uint64_t>(header.shape.size()) * size_of(header.dtype);
  }
  return bytes + sizeof(std::uint32_t);
}

void decode_ids(FieldReader& fields, std::uint64_t first, Batch& batch) {
  std::uint64_t left = fields.get<std::uint32_t>("length of all ids");
  batch.ids.reserve(batch.size);
  if (left == 0) {
    for (std::size_t i = 0; i < batch.size; ++i) batch.ids.push_back(std::to_string(first + i));
    return;
  }
  std::vector<std::uint32_t> lengths;
  fields.need(batch.size * sizeof(std::uint32_t), "id lengths");
  for (std::size_t i = 0; i < batch.size; ++i) {
    lengths.push_back(fields.get_count("id length", std::min<std::uint64_t>(kMaxNameBytes, left)));
    left -= lengths.back();
  }
  if (left > 0) fields.refuse("ids leave {} of their bytes unused", left);
  for (const std::uint32_t length : lengths) batch.ids.push_back(fields.get_text(length, "id"));
}

template <typename T>
void decode_array(FieldReader& fields, std::size_t count, const char* what, std::vector<T>& out) {
  const auto bytes = fields.take(std::uint64_t{count} * sizeof(T), what);
  out.resize(count);
  std::memcpy(out.data(), bytes.data(), bytes.size());
}

Box decode_box(FieldReader& fields) {
  Box box;
  box.x1 = fields.get<float>("box");
  box.y1 = fields.get<float>("box");
  box.x2 = fields.get<float>("box");
  box.y2 = fields.get<float>("box");
  box.class_index = fields.get<std::int32_t>("box");
  const auto difficult = fields.get<std::uint8_t>("box");
  if (difficult > 1) fields.refuse("difficult flag {} is outside 0..1", difficult);
  box.difficult = difficult == 1;
  return box;
}

void decode_boxes(FieldReader& fields, Batch& batch) {
  for (std::size_t i = 0; i < batch.size; ++i) {
    BoxLabel& label = batch.boxes.emplace_back();
    label.original_width = fields.get<std::uint32_t>("original width");
    label.original_height = fields.get<std::uint32_t>("original height");
    const std::uint32_t count = fields.get_count("box count", kMaxBoxes);
    fields.need(std::uint64_t{count} * kBoxBytes, "boxes");
    for (std::uint32_t b = 0; b < count; ++b) label.boxes.push_back(decode_box(fields));
  }
}

void decode_events(const StreamHeader& header, FieldReader& fields, Batch& batch) {
  decode_array(fields, batch.size, "event counts", batch.event_counts);
  std::uint64_t total = 0;
  for (const std::uint32_t count : batch.event_counts) total += count;
  const std::size_t step = event_bytes(header.kind);
  const auto bytes = fields.take(total * step, "events");
  batch.events.resize(total);
  const std::byte* from = bytes.data();
  for (Event& event : batch.events) {
    std::memcpy(&event.y, from, 4);
    std::memcpy(&event.x, from + 4, 4);
    std::memcpy(&event.c, from + 8, 4);
    std::memcpy(&event.value, from + 12, 1);
    if (step == kRawEventBytes) std::memcpy(&event.time, from + kEventBytes, 8);
    from += step;
  }
}

void decode_dense(const StreamHeader& header, FieldReader& fields, Batch& batch) {
  const std::uint64_t sample_bytes =
      static_cast<std::uint64_t>(header.shape.size()) * size_of(header.dtype);
  const auto bytes = fields.take(batch.size * sample_bytes, "data");
  batch.dense = Dense(header.dtype, {static_cast<std::int64_t>(batch.size), header.shape.height,
                                     header.shape.width, header.shape.channels});
  std::memcpy(batch.dense.bytes().data(), bytes.data(), bytes.size());
}

}  // namespace

Batch decode_samples(const StreamHeader& header, std::span<const std::byte> payload,
                     std::uint64_t first) {
  FieldReader fields(payload, "payload offset");
  Batch batch;
  batch.size = fields.get_count("sample count", kMaxFrameSamples);
  if (batch.size == 0) fields.refuse("frame without samples");
  fields.need(batch.size * smallest_sample(header), "samples");
  decode_ids(fields, first, batch);
  switch (header.labels) {
    case LabelKind::kNone:
      break;
    case LabelKind::kClass:
      decode_array(fields, batch.size, "classes", batch.classes);
      break;
    case LabelKind::kTargets:
      decode_array(fields, batch.size * header.targets, "targets", batch.targets);
      break;
    case LabelKind::kBoxes:
      decode_boxes(fields, batch);
      break;
  }
  if (header.kind == StreamKind::kDense) {
    decode_dense(header, fields, batch);
  } else {
    decode_events(header, fields, batch);
  }
  if (fields.remaining() > 0) fields.refuse("{} bytes follow the last sample", fields.remaining());
  validate(header, batch, first);
  return batch;
}

}  // namespace akida::io
