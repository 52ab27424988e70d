#include "base/crc32c.h"
#include "io/batch.h"
#include "io/byte_fields.h"
#include "io/stream.h"
#include "io/stream_layout.h"
#include "io/zstd.h"

namespace akida::io {
namespace {

void put_boxes(std::vector<std::byte>& out, const BoxLabel& label) {
  put(out, label.original_width);
  put(out, label.original_height);
  put(out, static_cast<std::uint32_t>(label.boxes.size()));
  for (const Box& box : label.boxes) {
    for (const float side : {box.x1, box.y1, box.x2, box.y2}) put(out, side);
    put(out, box.class_index);
    put(out, static_cast<std::uint8_t>(box.difficult));
  }
}

void put_label(std::vector<std::byte>& out, const StreamHeader& header, const Batch& batch,
               std::size_t sample) {
  switch (header.labels) {
    case LabelKind::kNone:
      return;
    case LabelKind::kClass:
      return put(out, batch.classes[sample]);
    case LabelKind::kTargets:
      return put_bytes(
          out,
          std::as_bytes(std::span(batch.targets).subspan(sample * header.targets, header.targets)));
    case LabelKind::kBoxes:
      return put_boxes(out, batch.boxes[sample]);
  }
}

std::size_t label_bytes(const StreamHeader& header, const Batch& batch, std::size_t sample) {
  switch (header.labels) {
    case LabelKind::kNone:
      return 0;
    case LabelKind::kClass:
      return sizeof(std::int32_t);
    case LabelKind::kTargets:
      return header.targets * sizeof(float);
    case LabelKind::kBoxes:
      return kBoxLabelBytes + batch.boxes[sample].boxes.size() * kBoxBytes;
  }
  return 0;
}

void put_event(std::vector<std::byte>& out, const Event& event, bool timed) {
  put(out, event.y);
  put(out, event.x);
  put(out, event.c);
  put(out, event.value);
  if (timed) put(out, event.time);
}

}  // namespace

StreamWriter::StreamWriter(ByteSink& sink, const StreamHeader& header, StreamWriterOptions options)
    : sink_(sink), header_(header), options_(options) {
  validate(header);
  std::vector<std::byte> bytes;
  put_bytes(bytes, stream_magic());
  const std::vector<std::byte> encoded = encode_header(header);
  put(bytes, static_cast<std::uint32_t>(encoded.size()));
  put_bytes(bytes, encoded);
  put(bytes, crc32c(bytes));
  sink_.write(bytes);
}

void StreamWriter::write(const Batch& batch) {
  validate(header_, batch, samples_);
  std::size_t first_event = 0;
  for (std::size_t sample = 0; sample < batch.size; ++sample) {
    append_sample(batch, sample, first_event);
    if (header_.kind != StreamKind::kDense) first_event += batch.event_counts[sample];
  }
}

void StreamWriter::append_sample(const Batch& batch, std::size_t sample, std::size_t first_event) {
  const bool dense = header_.kind == StreamKind::kDense;
  const std::string default_id = std::to_string(samples_);
  const std::string& id = batch.ids.empty() ? default_id : batch.ids[sample];
  const std::size_t data_bytes =
      dense ? static_cast<std::size_t>(header_.shape.size()) * size_of(header_.dtype)
            : batch.event_counts[sample] * event_bytes(header_.kind);
  const std::size_t bytes =
      2 * sizeof(std::uint32_t) + id.size() + label_bytes(header_, batch, sample) + data_bytes;
  if (bytes + 2 * sizeof(std::uint32_t) > kMaxFrameBytes) {
    fail(ErrorKind::kInvalid, "sample {}: {} bytes exceed the frame limit {}", samples_, bytes,
         kMaxFrameBytes);
  }
  if (pending_ > 0 && pending_bytes_ + bytes > kTargetFrameBytes) flush_frame();
  ++pending_;
  pending_bytes_ += bytes;
  default_ids_ = default_ids_ && id == default_id;
  put(id_lengths_, static_cast<std::uint32_t>(id.size()));
  put_text(id_bytes_, id);
  put_label(labels_, header_, batch, sample);
  if (dense) {
    put_bytes(data_, batch.dense.bytes().subspan(sample * data_bytes, data_bytes));
  } else {
    const std::uint32_t count = batch.event_counts[sample];
    put(counts_, count);
    for (const Event& event : std::span(batch.events).subspan(first_event, count)) {
      put_event(data_, event, header_.kind == StreamKind::kRawEvents);
    }
    events_ += count;
  }
  ++samples_;
}

void StreamWriter::flush_frame() {
  std::vector<std::byte> payload;
  payload.reserve(pending_bytes_ + 2 * sizeof(std::uint32_t));
  put(payload, pending_);
  put(payload, static_cast<std::uint32_t>(default_ids_ ? 0 : id_bytes_.size()));
  if (!default_ids_) {
    put_bytes(payload, id_lengths_);
    put_bytes(payload, id_bytes_);
  }
  for (const auto* part : {&labels_, &counts_, &data_}) put_bytes(payload, *part);
  put_frame(kFrameSamples, payload);
  pending_ = 0;
  pending_bytes_ = 0;
  default_ids_ = true;
  for (auto* part : {&id_lengths_, &id_bytes_, &labels_, &counts_, &data_}) part->clear();
}

void StreamWriter::put_frame(std::uint8_t type, const std::vector<std::byte>& payload) {
  std::vector<std::byte> packed;
  if (options_.compress) packed = zstd_compress(payload);
  const bool zstd = options_.compress && packed.size() < payload.size();
  const std::vector<std::byte>& stored = zstd ? packed : payload;
  std::vector<std::byte> head;
  put(head, type);
  put(head, zstd ? kFlagZstd : std::uint8_t{0});
  put(head, static_cast<std::uint32_t>(stored.size()));
  put(head, static_cast<std::uint32_t>(payload.size()));
  put(head, crc32c(stored));
  sink_.write(head);
  sink_.write(stored);
}

void StreamWriter::flush() {
  if (pending_ > 0) flush_frame();
  sink_.flush();
}

void StreamWriter::finish() {
  if (pending_ > 0) flush_frame();
  std::vector<std::byte> totals;
  put(totals, samples_);
  put(totals, events_);
  put_frame(kFrameEnd, totals);
}

}  // namespace akida::io
