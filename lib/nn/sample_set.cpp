#include "nn/sample_set.h"

#include <algorithm>
#include <numeric>

#include "base/crc32c.h"
#include "io/byte_fields.h"

namespace akida::nn {
namespace {

// Field by field: a struct's padding is no content.
std::vector<std::byte> label_bytes(const io::Batch& batch) {
  std::vector<std::byte> out;
  io::put_bytes(out, std::as_bytes(std::span(batch.classes)));
  io::put_bytes(out, std::as_bytes(std::span(batch.targets)));
  for (const io::BoxLabel& label : batch.boxes) {
    io::put(out, static_cast<std::uint32_t>(label.boxes.size()));
    for (const io::Box& box : label.boxes) {
      for (const float edge : {box.x1, box.y1, box.x2, box.y2}) io::put(out, edge);
      io::put(out, box.class_index);
      io::put(out, static_cast<std::uint8_t>(box.difficult));
    }
  }
  return out;
}

std::vector<std::byte> event_bytes(const io::Batch& batch) {
  std::vector<std::byte> out;
  for (const io::Event& event : batch.events) {
    for (const std::uint32_t field : {event.y, event.x, event.c}) io::put(out, field);
    io::put(out, event.value);
  }
  return out;
}

template <typename T>
void copy_row(const Dense& dense, std::size_t row, std::span<float> values) {
  const std::span<const T> stored = dense.data<T>().subspan(row * values.size(), values.size());
  std::transform(stored.begin(), stored.end(), values.begin(),
                 [](T value) { return static_cast<float>(value); });
}

}  // namespace

void SampleSet::append(io::Batch batch) {
  if (batch.size == 0) return;
  starts_.push_back(size_);
  size_ += batch.size;
  std::vector<std::size_t>& first = first_events_.emplace_back(1, 0);
  for (const std::uint32_t count : batch.event_counts) first.push_back(first.back() + count);
  batches_.push_back(std::move(batch));
}

SampleSet::Place SampleSet::place_of(std::size_t index) const {
  const auto after = std::ranges::upper_bound(starts_, index);
  const auto batch = static_cast<std::size_t>(after - starts_.begin()) - 1;
  return {&batches_[batch], index - starts_[batch]};
}

void SampleSet::copy_values(std::size_t index, std::span<float> values) const {
  const auto [batch, row] = place_of(index);
  if (header_.kind == io::StreamKind::kDense) {
    switch (header_.dtype) {
      case DType::kI32:
        return copy_row<std::int32_t>(batch->dense, row, values);
      case DType::kF32:
        return copy_row<float>(batch->dense, row, values);
      default:
        return copy_row<std::uint8_t>(batch->dense, row, values);
    }
  }
  std::fill(values.begin(), values.end(), 0.0F);
  const std::vector<std::size_t>& first =
      first_events_[static_cast<std::size_t>(batch - batches_.data())];
  const auto width = static_cast<std::size_t>(header_.shape.width);
  const auto channels = static_cast<std::size_t>(header_.shape.channels);
  for (std::size_t i = first[row]; i < first[row + 1]; ++i) {
    const io::Event& event = batch->events[i];
    values[(event.y * width + event.x) * channels + event.c] = static_cast<float>(event.value);
  }
}

Label SampleSet::label_of(std::size_t index) const {
  const auto [batch, row] = place_of(index);
  Label label;
  if (!batch->classes.empty()) label.class_index = batch->classes[row];
  if (!batch->targets.empty()) {
    label.targets = std::span(batch->targets).subspan(row * header_.targets, header_.targets);
  }
  if (!batch->boxes.empty()) label.boxes = batch->boxes[row].boxes;
  return label;
}

std::string SampleSet::id_of(std::size_t index) const {
  const auto [batch, row] = place_of(index);
  return batch->ids.empty() ? std::to_string(index) : batch->ids[row];
}

std::uint32_t SampleSet::fingerprint() const {
  // One checksum per kind of content, so that the borders of batches leave no trace.
  std::uint32_t values = 0, counts = 0, events = 0, labels = 0;
  for (const io::Batch& batch : batches_) {
    values = crc32c(batch.dense.bytes(), values);
    counts = crc32c(std::as_bytes(std::span(batch.event_counts)), counts);
    events = crc32c(event_bytes(batch), events);
    labels = crc32c(label_bytes(batch), labels);
  }
  std::vector<std::byte> all;
  for (const std::uint32_t part : {values, counts, events, labels}) io::put(all, part);
  return crc32c(all);
}

}  // namespace akida::nn
