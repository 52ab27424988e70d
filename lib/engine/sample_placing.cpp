#include "engine/sample_placing.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "engine/nonzeros.h"

namespace akida::engine {
namespace {

bool holds_events(const io::Batch& batch) { return batch.dense.dims().empty(); }

std::string sample_name(const io::Batch& batch, std::size_t index) {
  return index < batch.ids.size() ? fmt::format("sample '{}'", batch.ids[index])
                                  : fmt::format("sample {}", index);
}

void check_dense(const snn::Layer& input, const io::Batch& batch) {
  const Shape& shape = input.input_shape;
  const std::vector<std::int64_t> wanted = {static_cast<std::int64_t>(batch.size), shape.height,
                                            shape.width, shape.channels};
  if (batch.dense.type() != DType::kU8) {
    fail(ErrorKind::kInvalid, "samples hold {} values, the network takes u8",
         name_of(batch.dense.type()));
  }
  if (batch.dense.dims() != wanted) {
    // Without the batch, whose size is ours, where it is right.
    const bool same_count = batch.dense.dims().front() == wanted.front();
    const std::ptrdiff_t first = same_count ? 1 : 0;
    const auto& dims = batch.dense.dims();
    fail(ErrorKind::kInvalid, "samples have shape ({}), the network takes ({})",
         fmt::join(dims.begin() + first, dims.end(), ", "),
         fmt::join(wanted.begin() + first, wanted.end(), ", "));
  }
}

void check_events(const snn::Layer& input, const io::Batch& batch) {
  if (input.type() == snn::LayerType::kInputConvolutional && batch.size > 0) {
    fail(ErrorKind::kInvalid, "samples are events, InputConvolutional takes dense images");
  }
  std::uint64_t events = 0;
  for (std::uint32_t count : batch.event_counts) events += count;
  if (batch.event_counts.size() != batch.size || events != batch.events.size()) {
    fail(ErrorKind::kInvalid, "{} event counts announce {} events for {} samples with {} events",
         batch.event_counts.size(), events, batch.size, batch.events.size());
  }
}

// What is wrong with an event; empty if nothing.
std::string event_fault(const Shape& shape, std::int32_t high, const io::Event& event) {
  const auto outside = [](const char* what, std::uint32_t value, std::int32_t size) {
    return fmt::format("{} {} is outside 0..{}", what, value, size - 1);
  };
  if (event.x >= static_cast<std::uint32_t>(shape.width)) return outside("x", event.x, shape.width);
  if (event.y >= static_cast<std::uint32_t>(shape.height)) {
    return outside("y", event.y, shape.height);
  }
  if (event.c >= static_cast<std::uint32_t>(shape.channels)) {
    return outside("feature", event.c, shape.channels);
  }
  if (event.value < 1 || event.value > high) {
    return fmt::format("value {} is outside 1..{}", event.value, high);
  }
  return {};
}

std::optional<BadSample> find_bad_event(const snn::Layer& input, const io::Batch& batch) {
  const io::Event* event = batch.events.data();
  for (std::size_t sample = 0; sample < batch.size; ++sample) {
    for (std::uint32_t i = 0; i < batch.event_counts[sample]; ++i, ++event) {
      const std::string fault = event_fault(input.input_shape, input.input_max, *event);
      if (fault.empty()) continue;
      return BadSample{sample,
                       fmt::format("{}: event {}: {}", sample_name(batch, sample), i, fault)};
    }
  }
  return std::nullopt;
}

std::optional<BadSample> find_bad_value(const snn::Layer& input, const io::Batch& batch) {
  if (input.input_max >= 255) return std::nullopt;
  const auto values = batch.dense.data<std::uint8_t>();
  const auto too_high = [high = static_cast<std::uint8_t>(input.input_max)](std::uint8_t value) {
    return value > high;
  };
  if (count_if_byte(values.data(), values.size(), too_high) == 0) return std::nullopt;
  const auto bad = std::find_if(values.begin(), values.end(), too_high);
  const Shape& shape = input.input_shape;
  const std::int64_t index = bad - values.begin();
  const auto sample = static_cast<std::size_t>(index / shape.size());
  const std::int64_t pixel = index % shape.size() / shape.channels;
  return BadSample{sample,
                   fmt::format("{}: x {}, y {}, feature {}: value {} is outside 0..{}",
                               sample_name(batch, sample), pixel % shape.width, pixel / shape.width,
                               index % shape.channels, *bad, input.input_max)};
}

void place_dense(const io::Batch& batch, std::size_t index, const Shape& shape, const LevelMap& map,
                 Workspace& workspace) {
  const auto size = static_cast<std::size_t>(shape.size());
  const auto channels = static_cast<std::size_t>(shape.channels);
  const auto width = static_cast<std::size_t>(shape.width);
  const std::uint8_t* from = batch.dense.data<std::uint8_t>().data() + index * size;
  workspace.sample_nonzeros = count_nonzeros(from, size);
  for (std::size_t y = 0; y < static_cast<std::size_t>(shape.height); ++y) {
    std::uint8_t* row = workspace.bytes.data() + map.offset + y * map.row_stride;
    if (map.pixel_stride == channels) {
      std::memcpy(row, from, width * channels);
      from += width * channels;
      continue;
    }
    for (std::size_t x = 0; x < width; ++x, from += channels) {
      std::memcpy(row + x * map.pixel_stride, from, channels);
    }
  }
}

void clear_map(const Shape& shape, const LevelMap& map, std::uint8_t* bytes) {
  const auto channels = static_cast<std::size_t>(shape.channels);
  const auto width = static_cast<std::size_t>(shape.width);
  for (std::size_t y = 0; y < static_cast<std::size_t>(shape.height); ++y) {
    std::uint8_t* row = bytes + map.offset + y * map.row_stride;
    if (map.pixel_stride == channels) {
      std::memset(row, 0, width * channels);
      continue;
    }
    for (std::size_t x = 0; x < width; ++x) std::memset(row + x * map.pixel_stride, 0, channels);
  }
}

void place_events(std::span<const io::Event> events, const Shape& shape, const LevelMap& map,
                  Workspace& workspace) {
  clear_map(shape, map, workspace.bytes.data());
  workspace.sample_nonzeros = 0;
  for (const io::Event& event : events) {
    std::uint8_t& cell =
        workspace
            .bytes[map.offset + event.y * map.row_stride + event.x * map.pixel_stride + event.c];
    workspace.sample_nonzeros += cell == 0 ? 1 : 0;
    cell = event.value;
  }
}

}  // namespace

void check_batch(const snn::Layer& input, const io::Batch& batch) {
  if (holds_events(batch)) {
    check_events(input, batch);
  } else {
    check_dense(input, batch);
  }
}

std::optional<BadSample> find_bad_sample(const snn::Layer& input, const io::Batch& batch) {
  return holds_events(batch) ? find_bad_event(input, batch) : find_bad_value(input, batch);
}

void place_sample(const NetworkPlan& plan, const io::Batch& batch, std::size_t index,
                  std::size_t first_event, Workspace& workspace) {
  const LayerPlan& input = plan.layers.front();
  const LevelMap& map = input.kind == LayerKind::kInput ? input.levels_out : input.levels_in;
  if (!holds_events(batch)) return place_dense(batch, index, input.input, map, workspace);
  const auto events = std::span(batch.events).subspan(first_event, batch.event_counts[index]);
  place_events(events, input.input, map, workspace);
}

}  // namespace akida::engine
