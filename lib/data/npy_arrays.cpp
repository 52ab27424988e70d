#include "data/npy_arrays.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "base/checked.h"
#include "base/error.h"
#include "io/batch.h"
#include "io/npy.h"

namespace akida::data {
namespace {

bool is_integer(DType type) { return type != DType::kF32 && type != DType::kF64; }

// Infinite where it is too large.
float to_float(double value) {
  constexpr double kMost = std::numeric_limits<float>::max();
  return std::abs(value) > kMost ? std::numeric_limits<float>::infinity()
                                 : static_cast<float>(value);
}

class NpySource final : public SampleSource {
 public:
  NpySource(std::unique_ptr<io::ByteSource> samples, std::unique_ptr<io::ByteSource> labels,
            std::vector<std::string> class_names)
      : samples_source_(std::move(samples)),
        labels_source_(std::move(labels)),
        samples_(*samples_source_) {
    declare_samples();
    header_.class_names = std::move(class_names);
    if (labels_source_) declare_labels();
    io::validate(header_);
  }

  [[nodiscard]] std::string name() const override { return samples_source_->name(); }

  bool next(io::Batch& batch) override {
    const auto sample_bytes =
        static_cast<std::size_t>(header_.shape.size()) * size_of(header_.dtype);
    const auto rows =
        static_cast<std::int64_t>(std::max<std::size_t>(kBatchBytes / sample_bytes, 1));
    const Dense part = samples_.read_rows(rows);
    batch = {};
    batch.size = static_cast<std::size_t>(part.dims()[0]);
    if (labels_) read_labels(part.dims()[0], batch);
    if (batch.size == 0) return false;
    batch.dense = Dense(header_.dtype, {part.dims()[0], header_.shape.height, header_.shape.width,
                                        header_.shape.channels});
    if (part.type() == header_.dtype) {
      std::ranges::copy(part.bytes(), batch.dense.bytes().begin());
    } else if (part.type() == DType::kF64) {
      std::ranges::transform(part.data<double>(), batch.dense.data<float>().begin(), to_float);
    } else {
      std::ranges::copy(part.data<std::int8_t>(), batch.dense.data<std::int32_t>().begin());
    }
    if (header_.dtype == DType::kF32) check_finite(batch.dense.data<float>(), part);
    done_ += batch.size;
    return true;
  }

  [[nodiscard]] std::optional<double> share() const override {
    if (samples_.dims()[0] == 0) return std::nullopt;
    return static_cast<double>(done_) / static_cast<double>(samples_.dims()[0]);
  }

 private:
  // Of samples from done_ on; `part` as stored.
  void check_finite(std::span<const float> values, const Dense& part) const {
    const auto found =
        std::ranges::find_if(values, [](float value) { return !std::isfinite(value); });
    if (found == values.end()) return;
    const auto index = found - values.begin();
    fail(ErrorKind::kInvalid, "{}: sample {}: value {} is no finite float32",
         samples_source_->name(), done_ + static_cast<std::uint64_t>(index / header_.shape.size()),
         part.value(index));
  }

  void declare_samples() {
    const std::vector<std::int64_t>& dims = samples_.dims();
    if (dims.size() < 2 || dims.size() > 4) {
      fail(ErrorKind::kInvalid, "{}: samples have {} dimensions, not 2 to 4",
           samples_source_->name(), dims.size());
    }
    const auto side = [&](std::size_t i) { return checked_cast<std::int32_t>(dims[i], "side"); };
    if (dims.size() == 2) {
      header_.shape = {.width = 1, .height = 1, .channels = side(1)};
    } else {
      header_.shape = {
          .width = side(2), .height = side(1), .channels = dims.size() > 3 ? side(3) : 1};
    }
    header_.dtype = samples_.type() == DType::kI8    ? DType::kI32
                    : samples_.type() == DType::kF64 ? DType::kF32
                                                     : samples_.type();
    in_context(samples_source_->name(), [&] { io::validate(header_); });
  }

  void declare_labels() {
    labels_.emplace(*labels_source_);
    const std::vector<std::int64_t>& dims = labels_->dims();
    const bool classes = dims.size() == 1 && is_integer(labels_->type());
    if (!classes && (dims.size() != 2 || is_integer(labels_->type()))) {
      fail(ErrorKind::kInvalid, "{}: labels are neither integers [n] nor floats [n, k]",
           labels_source_->name());
    }
    if (dims[0] != samples_.dims()[0]) {
      fail(ErrorKind::kInvalid, "{}: {} labels for {} samples of {}", labels_source_->name(),
           dims[0], samples_.dims()[0], samples_source_->name());
    }
    header_.labels = classes ? io::LabelKind::kClass : io::LabelKind::kTargets;
    if (!classes) header_.targets = checked_cast<std::uint32_t>(dims[1], "targets");
  }

  void read_labels(std::int64_t rows, io::Batch& batch) {
    const Dense part = labels_->read_rows(rows);
    for (std::int64_t i = 0; i < part.size(); ++i) {
      const double value = part.value(i);
      if (header_.labels == io::LabelKind::kClass) {
        batch.classes.push_back(static_cast<std::int32_t>(value));
      } else {
        batch.targets.push_back(static_cast<float>(value));
      }
    }
  }

  std::unique_ptr<io::ByteSource> samples_source_;
  std::unique_ptr<io::ByteSource> labels_source_;  // may be null
  io::NpyReader samples_;
  std::optional<io::NpyReader> labels_;
  std::uint64_t done_ = 0;  // samples handed out
};

}  // namespace

std::unique_ptr<SampleSource> open_npy(std::unique_ptr<io::ByteSource> samples,
                                       std::unique_ptr<io::ByteSource> labels,
                                       std::vector<std::string> class_names) {
  return std::make_unique<NpySource>(std::move(samples), std::move(labels), std::move(class_names));
}

}  // namespace akida::data
