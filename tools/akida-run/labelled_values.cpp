#include "akida-run/labelled_values.h"

namespace akida::run {
namespace {

template <typename T>
std::vector<T> first_of(const std::vector<T>& values, std::size_t count) {
  return {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace

io::StreamHeader labelled_header(const io::StreamHeader& input, DType type, const Shape& shape) {
  return {.kind = io::StreamKind::kDense,
          .dtype = type,
          .shape = shape,
          .labels = input.labels,
          .targets = input.targets,
          .class_names = input.class_names};
}

io::Batch labelled_batch(const io::StreamHeader& header, const io::Batch& input,
                         const Dense& values) {
  io::Batch batch;
  batch.size = static_cast<std::size_t>(values.dims().front());
  batch.ids = first_of(input.ids, batch.size);
  switch (header.labels) {
    case io::LabelKind::kNone:
      break;
    case io::LabelKind::kClass:
      batch.classes = first_of(input.classes, batch.size);
      break;
    case io::LabelKind::kTargets:
      batch.targets = first_of(input.targets, batch.size * header.targets);
      break;
    case io::LabelKind::kBoxes:
      batch.boxes = first_of(input.boxes, batch.size);
      break;
  }
  batch.dense = values;
  return batch;
}

}  // namespace akida::run
