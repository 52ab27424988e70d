#include "io/batch.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "base/error.h"
#include "base/utf8.h"
#include "io/stream.h"

namespace akida::io {
namespace {

// Ids and class names stand in lines of text and in tab-separated columns.
template <typename Name>
void check_text(std::string_view text, const Name& name) {
  if (text.empty()) fail(ErrorKind::kInvalid, "{} is empty", name());
  if (text.size() > kMaxNameBytes) {
    fail(ErrorKind::kInvalid, "{} has {} bytes, the limit is {}", name(), text.size(),
         kMaxNameBytes);
  }
  if (const std::size_t at = find_control_character(text); at != std::string_view::npos) {
    fail(ErrorKind::kInvalid, "{} has control character {:#04x} at byte {}", name(),
         static_cast<unsigned char>(text[at]), at);
  }
  if (const std::size_t wrong = find_invalid_utf8(text); wrong != std::string_view::npos) {
    fail(ErrorKind::kInvalid, "{} is no UTF-8 at byte {}", name(), wrong);
  }
}

void check_side(std::int32_t side, const char* what) {
  if (side < 1 || static_cast<std::uint32_t>(side) > kMaxSide) {
    fail(ErrorKind::kInvalid, "{} {} is outside 1..{}", what, side, kMaxSide);
  }
}

void check_length(std::size_t have, std::size_t want, const char* what) {
  if (have != want) fail(ErrorKind::kInvalid, "batch has {} {}, not {}", have, what, want);
}

void check_class(const StreamHeader& header, std::int32_t value, std::uint64_t sample) {
  const std::size_t classes = header.class_names.empty() ? kMaxClasses : header.class_names.size();
  if (value < -1 || (value >= 0 && static_cast<std::size_t>(value) >= classes)) {
    fail(ErrorKind::kInvalid, "sample {}: class {} is outside -1..{}", sample, value, classes - 1);
  }
}

void check_boxes(const StreamHeader& header, const BoxLabel& label, std::uint64_t sample) {
  if (label.boxes.size() > kMaxBoxes) {
    fail(ErrorKind::kInvalid, "sample {}: {} boxes exceed limit {}", sample, label.boxes.size(),
         kMaxBoxes);
  }
  for (std::size_t i = 0; i < label.boxes.size(); ++i) {
    const Box& box = label.boxes[i];
    const bool finite = std::isfinite(box.x1) && std::isfinite(box.y1) && std::isfinite(box.x2) &&
                        std::isfinite(box.y2);
    if (!finite || box.x1 > box.x2 || box.y1 > box.y2) {
      fail(ErrorKind::kInvalid,
           "sample {}: box {} ({}, {}, {}, {}) is not finite with x1 <= x2, y1 <= y2", sample, i,
           box.x1, box.y1, box.x2, box.y2);
    }
    check_class(header, box.class_index, sample);
  }
}

[[noreturn]] void refuse_event(const StreamHeader& header, const Event& event, std::uint64_t sample,
                               std::size_t index) {
  const Shape& shape = header.shape;
  const auto outside = [&](const char* axis, std::uint32_t value, std::int32_t size) {
    if (value >= static_cast<std::uint32_t>(size)) {
      fail(ErrorKind::kInvalid, "sample {}: event {}: {} {} is outside 0..{}", sample, index, axis,
           value, size - 1);
    }
  };
  outside("y", event.y, shape.height);
  outside("x", event.x, shape.width);
  outside("channel", event.c, shape.channels);
  fail(ErrorKind::kInvalid, "sample {}: event {}: value 0 is outside 1..255", sample, index);
}

void check_events(const StreamHeader& header, const Batch& batch, std::uint64_t first) {
  const auto height = static_cast<std::uint32_t>(header.shape.height);
  const auto width = static_cast<std::uint32_t>(header.shape.width);
  const auto channels = static_cast<std::uint32_t>(header.shape.channels);
  const std::uint64_t total =
      std::accumulate(batch.event_counts.begin(), batch.event_counts.end(), std::uint64_t{0});
  check_length(batch.events.size(), total, "events");
  std::size_t next = 0;
  for (std::size_t sample = 0; sample < batch.size; ++sample) {
    for (std::size_t i = 0; i < batch.event_counts[sample]; ++i) {
      const Event& event = batch.events[next++];
      if (event.y >= height || event.x >= width || event.c >= channels || event.value == 0) {
        refuse_event(header, event, first + sample, i);
      }
    }
  }
}

void check_dense(const StreamHeader& header, const Batch& batch) {
  const std::vector<std::int64_t> dims = {static_cast<std::int64_t>(batch.size),
                                          header.shape.height, header.shape.width,
                                          header.shape.channels};
  if (batch.dense.dims() != dims || batch.dense.type() != header.dtype) {
    fail(ErrorKind::kInvalid, "batch of {} samples has {} data of shape {}, not {} {}", batch.size,
         name_of(batch.dense.type()), batch.dense.shape_string(), name_of(header.dtype),
         Dense(header.dtype, {0, dims[1], dims[2], dims[3]}).shape_string());
  }
}

template <typename T>
void append_part(const std::vector<T>& from, std::size_t first, std::size_t count,
                 std::vector<T>& to) {
  const auto begin = from.begin() + static_cast<std::ptrdiff_t>(first);
  to.insert(to.end(), begin, begin + static_cast<std::ptrdiff_t>(count));
}

void append_dense(const StreamHeader& header, const Batch& from, std::size_t first,
                  std::size_t count, Batch& to) {
  const std::size_t sample_bytes =
      static_cast<std::size_t>(header.shape.size()) * size_of(header.dtype);
  Dense joined(header.dtype, {static_cast<std::int64_t>(to.size + count), header.shape.height,
                              header.shape.width, header.shape.channels});
  const auto old = to.dense.bytes();
  const auto part = from.dense.bytes().subspan(first * sample_bytes, count * sample_bytes);
  std::copy(old.begin(), old.end(), joined.bytes().begin());
  std::copy(part.begin(), part.end(),
            joined.bytes().begin() + static_cast<std::ptrdiff_t>(old.size()));
  to.dense = std::move(joined);
}

}  // namespace

void validate_class_names(const std::vector<std::string>& names) {
  if (names.size() > kMaxClasses) {
    fail(ErrorKind::kInvalid, "{} classes exceed limit {}", names.size(), kMaxClasses);
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    check_text(names[i], [&] { return fmt::format("name of class {}", i); });
  }
}

void validate(const StreamHeader& header) {
  check_side(header.shape.height, "height");
  check_side(header.shape.width, "width");
  check_side(header.shape.channels, "channels");
  const bool dense = header.kind == StreamKind::kDense;
  if (dense && header.shape.size() > kMaxSampleElements) {
    fail(ErrorKind::kInvalid, "sample of {} elements exceeds limit {}", header.shape.size(),
         kMaxSampleElements);
  }
  const bool known_type =
      header.dtype == DType::kU8 || header.dtype == DType::kI32 || header.dtype == DType::kF32;
  if (!known_type || (!dense && header.dtype != DType::kU8)) {
    fail(ErrorKind::kInvalid, "{} samples cannot be {}", dense ? "dense" : "event",
         name_of(header.dtype));
  }
  const bool targets = header.labels == LabelKind::kTargets;
  if (header.targets > kMaxTargets || (header.targets > 0) != targets) {
    fail(ErrorKind::kInvalid, "{} targets per sample are outside {}", header.targets,
         targets ? fmt::format("1..{}", kMaxTargets) : "0..0");
  }
  if (!std::isfinite(header.scale) || header.scale <= 0) {
    fail(ErrorKind::kInvalid, "scale {} is not positive and finite", header.scale);
  }
  validate_class_names(header.class_names);
}

void validate(const StreamHeader& header, const Batch& batch, std::uint64_t first) {
  const bool dense = header.kind == StreamKind::kDense;
  const auto length_if = [&](LabelKind kind, std::size_t length) {
    return header.labels == kind ? length : 0;
  };
  if (!batch.ids.empty()) check_length(batch.ids.size(), batch.size, "ids");
  check_length(batch.classes.size(), length_if(LabelKind::kClass, batch.size), "classes");
  check_length(batch.targets.size(), length_if(LabelKind::kTargets, batch.size * header.targets),
               "targets");
  check_length(batch.boxes.size(), length_if(LabelKind::kBoxes, batch.size), "lists of boxes");
  check_length(batch.event_counts.size(), dense ? 0 : batch.size, "event counts");
  for (std::size_t i = 0; i < batch.ids.size(); ++i) {
    check_text(batch.ids[i], [&] { return fmt::format("sample {}: id", first + i); });
  }
  for (std::size_t i = 0; i < batch.classes.size(); ++i) {
    check_class(header, batch.classes[i], first + i);
  }
  for (std::size_t i = 0; i < batch.boxes.size(); ++i) {
    check_boxes(header, batch.boxes[i], first + i);
  }
  if (dense) {
    check_dense(header, batch);
  } else {
    check_events(header, batch, first);
  }
}

void append(const StreamHeader& header, const Batch& from, std::size_t first, std::size_t count,
            Batch& to) {
  if (!from.ids.empty()) append_part(from.ids, first, count, to.ids);
  if (header.labels == LabelKind::kClass) append_part(from.classes, first, count, to.classes);
  if (header.labels == LabelKind::kBoxes) append_part(from.boxes, first, count, to.boxes);
  if (header.labels == LabelKind::kTargets) {
    append_part(from.targets, first * header.targets, count * header.targets, to.targets);
  }
  if (header.kind == StreamKind::kDense) {
    append_dense(header, from, first, count, to);
  } else {
    const auto counts = from.event_counts.begin() + static_cast<std::ptrdiff_t>(first);
    const auto skipped = std::accumulate(from.event_counts.begin(), counts, std::size_t{0});
    const auto events =
        std::accumulate(counts, counts + static_cast<std::ptrdiff_t>(count), std::size_t{0});
    append_part(from.event_counts, first, count, to.event_counts);
    append_part(from.events, skipped, events, to.events);
  }
  to.size += count;
}

Dense to_dense(const StreamHeader& header, const Batch& batch) {
  if (header.kind == StreamKind::kDense) return batch.dense;
  Dense dense(DType::kU8, {static_cast<std::int64_t>(batch.size), header.shape.height,
                           header.shape.width, header.shape.channels});
  const auto width = static_cast<std::size_t>(header.shape.width);
  const auto channels = static_cast<std::size_t>(header.shape.channels);
  auto cells = dense.data<std::uint8_t>();
  std::size_t next = 0;
  for (const std::uint32_t count : batch.event_counts) {
    for (std::uint32_t i = 0; i < count; ++i) {
      const Event& event = batch.events[next++];
      cells[(event.y * width + event.x) * channels + event.c] = event.value;
    }
    cells = cells.subspan(static_cast<std::size_t>(header.shape.size()));
  }
  return dense;
}

}  // namespace akida::io
