#include "data/images/cifar.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/error.h"
#include "data/archive.h"
#include "data/gzip.h"
#include "data/lines.h"
#include "data/sample_id.h"
#include "io/batch.h"
#include "io/bytes.h"

namespace akida::data {
namespace {

namespace fs = std::filesystem;

constexpr std::int32_t kSide = 32;
constexpr std::int32_t kChannels = 3;
constexpr std::size_t kPlaneBytes = std::size_t{kSide} * kSide;
constexpr std::size_t kImageBytes = kPlaneBytes * kChannels;

struct Layout {
  std::size_t label_bytes;  // before the pixels
  std::size_t label;        // which of them is the class
  std::int32_t classes;     // 0 .. classes - 1
  const char* names;        // file of class names, one a line
  std::vector<std::string> training;
  std::vector<std::string> test;
};

Layout layout_of(CifarKind kind) {
  if (kind == CifarKind::k10) {
    return {.label_bytes = 1,
            .label = 0,
            .classes = 10,
            .names = "batches.meta.txt",
            .training = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                         "data_batch_4.bin", "data_batch_5.bin"},
            .test = {"test_batch.bin"}};
  }
  const bool is_fine = kind == CifarKind::k100Fine;
  return {.label_bytes = 2,
          .label = is_fine ? std::size_t{1} : 0,
          .classes = is_fine ? 100 : 20,
          .names = is_fine ? "fine_label_names.txt" : "coarse_label_names.txt",
          .training = {"train.bin"},
          .test = {"test.bin"}};
}

std::vector<std::string> published_names() {
  return {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"};
}

// The published files of names end with an empty line.
std::vector<std::string> read_names(std::unique_ptr<io::ByteSource> source) {
  std::vector<std::string> names;
  LineReader lines(std::move(source));
  for (std::string_view line; lines.next(line);) {
    if (!line.empty()) names.emplace_back(line);
    if (names.size() > 100) lines.refuse("more than 100 class names");
  }
  return names;
}

std::string name_in(const std::string& path) { return fs::path(path).filename().string(); }

// One after the other, the sources of records that the paths stand for.
class CifarFiles {
 public:
  CifarFiles(const std::vector<std::string>& paths, const Layout& layout,
             const std::vector<std::string>& wanted)
      : wanted_(wanted) {
    for (const std::string& path : paths) {
      std::error_code unknown;
      if (path == "-" || !fs::is_directory(path, unknown)) {
        files_.push_back(path);
        if (path != "-") find_names_in(fs::path(path).parent_path(), layout.names);
        continue;
      }
      for (const std::string& name : wanted) files_.push_back(path + "/" + name);
      find_names_in(path, layout.names);
    }
    for (const std::string& file : files_) {
      if (is_stored_archive(file)) find_names(file, layout.names);
    }
  }

  std::vector<std::string> class_names;  // found beside the records; may be empty

  [[nodiscard]] std::string name() const { return name_of_files(files_); }

  // Of the records handed out before next(); none in an archive.
  [[nodiscard]] std::optional<double> share(const io::ByteSource* current) const {
    if (archive_) return std::nullopt;
    double begun = 0;
    if (current != nullptr && current->size_hint() > 0) {
      const double all = static_cast<double>(current->size_hint());
      begun = 1 - std::min(static_cast<double>(current->offset()) / all, 1.0);
    }
    return (static_cast<double>(done_) - begun) / static_cast<double>(files_.size());
  }

  // Null after the last one. The one before must not be used any more.
  std::unique_ptr<io::ByteSource> next() {
    for (;;) {
      if (archive_) {
        while (archive_->next()) {
          if (is_wanted(archive_->entry())) return archive_->content();
        }
        archive_.reset();
      }
      if (done_ == files_.size()) return nullptr;
      const std::string& file = files_[done_++];
      if (is_stored_archive(file)) {
        archive_ = std::make_unique<ArchiveReader>(file);
        continue;
      }
      auto source = open_uncompressed(file);
      if (!is_archive(source->peek(kArchiveMagicBytes))) return source;
      archive_ = std::make_unique<ArchiveReader>(std::move(source));
    }
  }

 private:
  // A zip file, or whatever holds a tar file: a gzipped file of records is none.
  static bool is_stored_archive(const std::string& file) {
    std::error_code unknown;
    if (file == "-" || !fs::is_regular_file(file, unknown)) return false;
    const auto plain = open_uncompressed(file);
    const auto beginning = plain->peek(kArchiveMagicBytes);
    return is_archive(beginning);
  }

  [[nodiscard]] bool is_wanted(const std::string& entry) const {
    return std::ranges::find(wanted_, name_in(entry)) != wanted_.end();
  }

  void find_names_in(const fs::path& folder, const char* names) {
    const fs::path path = folder / names;
    std::error_code unknown;
    if (fs::exists(path, unknown)) class_names = read_names(io::open_source(path.string()));
  }

  void find_names(const std::string& file, const std::string& names) {
    for (ArchiveReader reader(file); reader.next();) {
      if (name_in(reader.entry()) == names) {
        class_names = read_names(reader.content());
        return;
      }
    }
  }

  std::vector<std::string> wanted_;
  std::vector<std::string> files_;
  std::unique_ptr<ArchiveReader> archive_;  // being read
  std::size_t done_ = 0;                    // files opened
};

class CifarSource final : public SampleSource {
 public:
  CifarSource(const std::vector<std::string>& paths, CifarOptions options)
      : layout_(layout_of(options.kind)),
        files_(paths, layout_, options.part == CifarPart::kTest ? layout_.test : layout_.training) {
    header_.shape = {kSide, kSide, kChannels};
    header_.labels = io::LabelKind::kClass;
    header_.class_names = std::move(options.class_names);
    if (header_.class_names.empty()) header_.class_names = files_.class_names;
    if (header_.class_names.empty() && options.kind == CifarKind::k10) {
      header_.class_names = published_names();
    }
    io::validate(header_);
    file_ = files_.next();
    if (!file_) fail(ErrorKind::kInvalid, "{}: no files of records found", name());
  }

  [[nodiscard]] std::string name() const override { return files_.name(); }
  [[nodiscard]] std::optional<double> share() const override { return files_.share(file_.get()); }

  bool next(io::Batch& batch) override {
    batch = {};
    std::vector<std::byte> records(kBatchBytes / kImageBytes * record_bytes());
    const std::size_t got = read(records);
    if (got == 0) return false;
    batch.size = got / record_bytes();
    batch.dense =
        Dense(DType::kU8, {static_cast<std::int64_t>(batch.size), kSide, kSide, kChannels});
    std::uint8_t* out = batch.dense.data<std::uint8_t>().data();
    for (std::size_t i = 0; i < batch.size; ++i) {
      const auto* const record =
          reinterpret_cast<const std::uint8_t*>(records.data()) + i * record_bytes();
      batch.classes.push_back(class_of(record[layout_.label]));
      ++record_;
      const std::uint8_t* const planes = record + layout_.label_bytes;
      for (std::size_t pixel = 0; pixel < kPlaneBytes; ++pixel) {
        for (std::size_t c = 0; c < kChannels; ++c) *out++ = planes[c * kPlaneBytes + pixel];
      }
    }
    return true;
  }

 private:
  [[nodiscard]] std::size_t record_bytes() const { return layout_.label_bytes + kImageBytes; }

  // Whole records of one file; 0 bytes after the last file.
  std::size_t read(std::span<std::byte> records) {
    while (file_) {
      const std::uint64_t offset = file_->offset();
      const std::size_t got = io::read_full(*file_, records);
      if (got % record_bytes() != 0 || (got == 0 && offset == 0)) {
        fail(ErrorKind::kFormat, "{}: offset {}: record of {} bytes, {} remain", file_->name(),
             offset + got / record_bytes() * record_bytes(), record_bytes(), got % record_bytes());
      }
      if (got > 0) return got;
      file_.reset();  // before the archive it may lie in moves on
      file_ = files_.next();
      record_ = 0;
    }
    return 0;
  }

  [[nodiscard]] std::int32_t class_of(std::uint8_t label) const {
    if (label >= layout_.classes) {
      fail(ErrorKind::kFormat, "{}: record {}: label {} is outside 0..{}", file_->name(), record_,
           label, layout_.classes - 1);
    }
    return label;
  }

  Layout layout_;
  CifarFiles files_;
  std::unique_ptr<io::ByteSource> file_;  // being read
  std::uint64_t record_ = 0;              // of file_
};

}  // namespace

std::unique_ptr<SampleSource> open_cifar(const std::vector<std::string>& paths,
                                         CifarOptions options) {
  return std::make_unique<CifarSource>(paths, std::move(options));
}

}  // namespace akida::data
