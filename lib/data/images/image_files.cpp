#include "data/images/image_files.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/error.h"
#include "base/utf8.h"
#include "data/archive.h"
#include "data/images/decoded_images.h"
#include "data/images/image.h"
#include "data/sample_id.h"
#include "io/bytes.h"

namespace akida::data {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMagicBytes = 8;

void add_folder(const std::string& folder, std::vector<std::string>& files) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; it != end && !error;
       it.increment(error)) {
    std::error_code unknown;  // a link that leads nowhere is no image
    if (it->is_regular_file(unknown)) found.push_back(it->path().string());
  }
  if (error) fail(ErrorKind::kIo, "{}: cannot read: {}", folder, error.message());
  std::ranges::sort(found);
  for (std::string& path : found) {
    if (!image_format(io::open_source(path)->peek(kMagicBytes)).empty()) {
      files.push_back(std::move(path));
    }
  }
}

std::vector<std::string> files_of(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code unknown;  // open_source says what is wrong
    if (path != "-" && fs::is_directory(path, unknown)) {
      add_folder(path, files);
    } else {
      files.push_back(path);
    }
  }
  if (files.empty()) fail(ErrorKind::kInvalid, "{}: no images found", paths.front());
  return files;
}

bool begins_archive(io::ByteSource& source) {
  return image_format(source.peek(kMagicBytes)).empty() &&
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

std::string folder_of_entry(const std::string& entry) {
  return fs::path(entry).parent_path().filename().string();
}

// The folders of all images, in alphabetical order.
std::vector<std::string> folders_of(const std::vector<std::string>& files) {
  std::vector<std::string> folders;
  for (const std::string& file : files) {
    if (is_pipe(file)) {
      fail(ErrorKind::kUsage, "{}: images from a pipe need the names of their classes", file);
    }
    auto source = io::open_source(file);
    if (!begins_archive(*source)) {
      folders.push_back(folder_of_file(file));
      continue;
    }
    for (ArchiveReader reader(file); reader.next();) {
      if (image_format(reader.content()->peek(kMagicBytes)).empty()) continue;
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
  ImageFiles(std::vector<std::string> files, const ImageFilesOptions& options)
      : files_(std::move(files)), options_(options) {}

  [[nodiscard]] std::string name() const override { return name_of_files(files_); }

  bool next(EncodedImage& image) override {
    for (;;) {
      if (archive_ && next_entry(image)) return true;
      archive_.reset();
      if (done_ == files_.size()) return false;
      const std::string& file = files_[done_++];
      auto source = io::open_source(file);
      if (begins_archive(*source)) {
        archive_ = open_archive(file, std::move(source));
        continue;
      }
      fill(image, *source, id_of_path(file), options_.folder_is_class ? folder_of_file(file) : "");
      return true;
    }
  }

 private:
  bool next_entry(EncodedImage& image) {
    while (archive_->next()) {
      const auto content = archive_->content();
      if (image_format(content->peek(kMagicBytes)).empty()) continue;
      fill(image, *content, id_of_path(archive_->entry()), folder_of_entry(archive_->entry()));
      return true;
    }
    return false;
  }

  void fill(EncodedImage& image, io::ByteSource& source, const std::string& name,
            const std::string& folder) const {
    image = {.name = source.name(), .id = name};
    image.bytes = io::read_all(source, kMaxEncodedBytes);
    in_context(image.name, [&] {
      if (options_.folder_is_class) {
        image.id = folder + "/" + name;
        image.class_index = class_of(folder);
      } else if (options_.name_is_age) {
        image.target = age_of(name);
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

  std::vector<std::string> files_;
  const ImageFilesOptions options_;
  std::unique_ptr<ArchiveReader> archive_;  // being read
  std::size_t done_ = 0;                    // files opened
};

}  // namespace

std::unique_ptr<SampleSource> open_images(const std::vector<std::string>& paths,
                                          ImageFilesOptions options) {
  if (options.fit) validate(*options.fit);
  std::vector<std::string> files = files_of(paths);
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
      .channels = options.channels, .upright = options.upright, .jobs = options.jobs};
  if (options.fit) {
    decoding.change = [fit = *options.fit](const Image& image, const EncodedImage&, std::uint64_t) {
      return fit_image(image, fit);
    };
  }
  std::unique_ptr<EncodedImages> images = std::make_unique<ImageFiles>(std::move(files), options);
  if (options.batch > 1) images = drop_remainder(std::move(images), options.batch);
  return decode_images(std::move(images), std::move(header), std::move(decoding));
}

}  // namespace akida::data
