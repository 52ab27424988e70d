#include "data/images/image_files.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/error.h"
#include "base/utf8.h"
#include "data/archive.h"
#include "data/files_below.h"
#include "data/images/decoded_images.h"
#include "data/images/image.h"
#include "data/sample_id.h"
#include "io/bytes.h"

namespace akida::data {
namespace {

namespace fs = std::filesystem;

struct ImageFile {
  std::string path;
  std::string id;
};

void add_folder(const std::string& folder, std::vector<ImageFile>& files) {
  for (const std::string& path : files_below(folder)) {
    if (!image_format(io::open_source(path)->peek(kImageMagicBytes)).empty()) {
      files.push_back({path, path_below(folder, path)});
    }
  }
}

std::vector<ImageFile> files_of(const std::vector<std::string>& paths) {
  std::vector<ImageFile> files;
  for (const std::string& path : paths) {
    std::error_code unknown;  // open_source says what is wrong
    if (path != "-" && fs::is_directory(path, unknown)) {
      add_folder(path, files);
    } else {
      files.push_back({path, id_of_path(path)});
    }
  }
  if (files.empty()) fail(ErrorKind::kInvalid, "{}: no images found", paths.front());
  return files;
}

bool begins_archive(io::ByteSource& source) {
  return image_format(source.peek(kImageMagicBytes)).empty() &&
         is_archive(source.peek(kArchiveMagicBytes));
}

bool is_pipe(const std::string& file) {
  std::error_code unknown;
  return file == "-" || !fs::is_regular_file(file, unknown);
}

// A file by its name, so that zip archives are read from their directory; a pipe as it comes.
std::unique_ptr<ArchiveReader> open_archive(const std::string& file,
                                            std::unique_ptr<io::ByteSource> source) {
  if (is_pipe(file)) return std::make_unique<ArchiveReader>(std::move(source));
  return std::make_unique<ArchiveReader>(file);
}

std::string folder_of_file(const std::string& file) {
  std::error_code ignored;
  return printable(fs::absolute(file, ignored).parent_path().filename().string());
}

// Without the "./" that tar writes before the names in a folder.
std::string path_in_archive(std::string entry) {
  while (entry.starts_with("./")) entry.erase(0, 2);
  return entry;
}

std::string folder_of_entry(const std::string& entry) {
  return fs::path(entry).parent_path().filename().string();
}

// The folders of all images, in alphabetical order.
std::vector<std::string> folders_of(const std::vector<ImageFile>& files) {
  std::vector<std::string> folders;
  for (const auto& [file, id] : files) {
    if (is_pipe(file)) {
      fail(ErrorKind::kUsage, "{}: images from a pipe need the names of their classes", file);
    }
    auto source = io::open_source(file);
    if (!begins_archive(*source)) {
      folders.push_back(folder_of_file(file));
      continue;
    }
    for (ArchiveReader reader(file); reader.next();) {
      if (image_format(reader.content()->peek(kImageMagicBytes)).empty()) continue;
      std::string folder = folder_of_entry(reader.entry());
      if (folders.empty() || folder != folders.back()) folders.push_back(std::move(folder));
    }
  }
  std::ranges::sort(folders);
  folders.erase(std::unique(folders.begin(), folders.end()), folders.end());
  return folders;
}

class ImageFiles final : public EncodedImages {
 public:
  ImageFiles(std::vector<ImageFile> files, const ImageFilesOptions& options)
      : files_(std::move(files)), options_(options) {}

  [[nodiscard]] std::string name() const override {
    std::vector<std::string> paths;
    for (const ImageFile& file : files_) paths.push_back(file.path);
    return name_of_files(paths);
  }

  // Of one archive nobody knows how much is left.
  [[nodiscard]] std::optional<double> share() const override {
    if (archive_ && files_.size() == 1) return std::nullopt;
    return static_cast<double>(done_) / static_cast<double>(files_.size());
  }

  bool next(EncodedImage& image) override {
    for (;;) {
      if (archive_ && next_entry(image)) return true;
      archive_.reset();
      if (done_ == files_.size()) return false;
      const auto& [file, id] = files_[done_++];
      auto source = io::open_source(file);
      if (begins_archive(*source)) {
        archive_ = open_archive(file, std::move(source));
        continue;
      }
      fill(image, *source, id, options_.folder_is_class ? folder_of_file(file) : "");
      return true;
    }
  }

 private:
  bool next_entry(EncodedImage& image) {
    while (archive_->next()) {
      const auto content = archive_->content();
      if (image_format(content->peek(kImageMagicBytes)).empty()) continue;
      fill(image, *content, path_in_archive(archive_->entry()), folder_of_entry(archive_->entry()));
      return true;
    }
    return false;
  }

  void fill(EncodedImage& image, io::ByteSource& source, const std::string& id,
            const std::string& folder) const {
    image = {.name = source.name(), .id = id};
    image.bytes = io::read_all(source, kMaxEncodedBytes);
    in_context(image.name, [&] {
      if (options_.folder_is_class) {
        image.id = folder + "/" + id_of_path(id);
        image.class_index = class_of(folder);
      } else if (options_.name_is_age) {
        image.target = age_of(id_of_path(id));
      } else if (options_.label) {
        image.class_index = *options_.label;
      }
    });
  }

  [[nodiscard]] std::int32_t class_of(const std::string& folder) const {
    const auto found = std::ranges::find(options_.class_names, folder);
    if (found == options_.class_names.end()) {
      fail(ErrorKind::kInvalid, "folder '{}' is no class name", folder);
    }
    return static_cast<std::int32_t>(found - options_.class_names.begin());
  }

  static float age_of(const std::string& name) {
    int age = 0;
    const char* const end = name.data() + name.size();
    const auto [after, error] = std::from_chars(name.data(), end, age);
    if (error != std::errc() || after == end || *after != '_' || age < 0 || age > kMaxAge) {
      fail(ErrorKind::kInvalid, "name '{}' does not begin with an age of 0..{} and '_'", name,
           kMaxAge);
    }
    return static_cast<float>(age);
  }

  std::vector<ImageFile> files_;
  const ImageFilesOptions options_;
  std::unique_ptr<ArchiveReader> archive_;  // being read
  std::size_t done_ = 0;                    // files opened
};

}  // namespace

std::unique_ptr<SampleSource> open_images(const std::vector<std::string>& paths,
                                          ImageFilesOptions options) {
  validate(options.preparation);
  std::vector<ImageFile> files = files_of(paths);
  if (options.folder_is_class && options.class_names.empty()) {
    options.class_names = folders_of(files);
  }
  io::StreamHeader header;
  header.class_names = options.class_names;
  if (options.label || options.folder_is_class) header.labels = io::LabelKind::kClass;
  if (options.name_is_age) {
    header.labels = io::LabelKind::kTargets;
    header.targets = 1;
  }
  DecodingOptions decoding{
      .upright = options.upright,
      .change =
          [preparation = options.preparation](DecodedImage& sample, std::uint64_t index) {
            sample.image = prepare_image(sample.image, preparation, {}, index);
          },
      .batch = options.batch,
      .jobs = options.jobs};
  return decode_images(std::make_unique<ImageFiles>(std::move(files), options), std::move(header),
                       std::move(decoding));
}

}  // namespace akida::data
