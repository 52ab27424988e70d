#include "data/clouds/cloud_cache.h"

#include <algorithm>
#include <optional>

#include "base/checked.h"
#include "base/error.h"
#include "data/archive.h"
#include "data/class_map.h"
#include "data/zip_writer.h"
#include "io/batch.h"
#include "io/npy.h"

namespace akida::data {
namespace {

constexpr std::int64_t kAxes = 3;

class CloudCacheSource final : public SampleSource {
 public:
  CloudCacheSource(const std::string& path, const std::string& set,
                   std::vector<std::string> class_names)
      : path_(path), entries_(path) {
    header_.class_names = std::move(class_names);
    read_labels(set);
    open_points(set);
    header_.dtype = DType::kF32;
    header_.labels = io::LabelKind::kClass;
    in_context(path_, [&] { io::validate(header_); });
  }

  [[nodiscard]] std::string name() const override { return path_; }

  bool next(io::Batch& batch) override {
    const auto cloud_bytes = static_cast<std::size_t>(header_.shape.size()) * sizeof(float);
    const Dense part = points_->read_rows(
        static_cast<std::int64_t>(std::max<std::size_t>(kBatchBytes / cloud_bytes, 1)));
    const std::int64_t count = part.dims()[0];
    batch = {};
    batch.size = static_cast<std::size_t>(count);
    if (count == 0) return false;
    batch.dense = Dense(DType::kF32, {count, header_.shape.height, 1, kAxes});
    const std::span<float> values = batch.dense.data<float>();
    if (part.type() == DType::kF32) {
      std::ranges::copy(part.data<float>(), values.begin());
    } else {
      std::ranges::transform(part.data<double>(), values.begin(),
                             [](double value) { return static_cast<float>(value); });
    }
    for (std::int64_t i = 0; i < count; ++i, ++done_) {
      batch.classes.push_back(
          checked_cast<std::int32_t>(static_cast<std::int64_t>(labels_->value(done_)), "label"));
    }
    return true;
  }

 private:
  // First pass: labels and names, which stand behind the points.
  void read_labels(const std::string& set) {
    for (ArchiveReader entries(path_); entries.next();) {
      if (entries.entry() == set + "_labels.npy") {
        const auto content = entries.content();
        labels_ = io::read_npy(*content);
        if (labels_->dims().size() != 1 || labels_->type() == DType::kF32 ||
            labels_->type() == DType::kF64) {
          fail(ErrorKind::kInvalid, "{}: labels are no integers [n]", entries.entry_name());
        }
      } else if (entries.entry() == "class_map.npy" && header_.class_names.empty()) {
        const auto content = entries.content();
        header_.class_names = in_context(entries.entry_name(), [&] {
          return decode_class_map(io::read_all(*content, kMaxClassMapBytes));
        });
      }
    }
    if (!labels_) fail(ErrorKind::kInvalid, "{}: no array '{}_labels'", path_, set);
  }

  // Second pass: up to the points.
  void open_points(const std::string& set) {
    while (entries_.entry() != set + "_points.npy") {
      if (!entries_.next()) fail(ErrorKind::kInvalid, "{}: no array '{}_points'", path_, set);
    }
    content_ = entries_.content();
    points_.emplace(*content_);
    const std::vector<std::int64_t>& dims = points_->dims();
    const bool real = points_->type() == DType::kF32 || points_->type() == DType::kF64;
    if (!real || dims.size() != 3 || dims[2] != kAxes) {
      fail(ErrorKind::kInvalid, "{}: points are no float numbers [n, points, 3]",
           entries_.entry_name());
    }
    if (dims[0] != labels_->size()) {
      fail(ErrorKind::kInvalid, "{}: {} clouds for {} labels", entries_.entry_name(), dims[0],
           labels_->size());
    }
    in_context(entries_.entry_name(), [&] {
      header_.shape = {
          .width = 1, .height = checked_cast<std::int32_t>(dims[1], "points"), .channels = kAxes};
    });
  }

  std::string path_;
  ArchiveReader entries_;
  std::unique_ptr<io::ByteSource> content_;
  std::optional<io::NpyReader> points_;
  std::optional<Dense> labels_;
  std::int64_t done_ = 0;  // samples handed out
};

}  // namespace

std::unique_ptr<SampleSource> open_cloud_cache(const std::string& path, const std::string& set,
                                               std::vector<std::string> class_names) {
  return std::make_unique<CloudCacheSource>(path, set, std::move(class_names));
}

void write_cloud_cache(io::ByteSink& sink, const CloudSet& train, const CloudSet& test,
                       const std::vector<std::string>& class_names) {
  ZipWriter zip(sink);
  for (const auto& [name, set] : {std::pair("train", &train), std::pair("test", &test)}) {
    zip.add(fmt::format("{}_points.npy", name),
            [&, &set = set](io::ByteSink& member) { io::write_npy(member, set->points); });
    const auto count = static_cast<std::int64_t>(set->labels.size());
    zip.add(fmt::format("{}_labels.npy", name), [&, &set = set](io::ByteSink& member) {
      io::write_npy(member, Dense::from<std::int32_t>(set->labels, {count}));
    });
  }
  zip.add("class_map.npy",
          [&](io::ByteSink& member) { member.write(encode_class_map(class_names)); });
  zip.finish();
}

}  // namespace akida::data
