#include "data/image_files.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/utf8.h"
#include "data/image.h"
#include "data/sample_id.h"
#include "io/batch.h"
#include "io/bytes.h"

namespace akida::data {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxFileBytes = 1ULL << 28;
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

class ImageSource final : public SampleSource {
 public:
  ImageSource(const std::vector<std::string>& paths, ImageFilesOptions options)
      : options_(std::move(options)) {
    for (const std::string& path : paths) {
      std::error_code unknown;  // open_source says what is wrong
      if (path != "-" && fs::is_directory(path, unknown)) {
        add_folder(path, files_);
      } else {
        files_.push_back(path);
      }
    }
    if (files_.empty()) fail(ErrorKind::kInvalid, "{}: no images found", paths.front());
    name_classes();
    first_ = read(files_[0]);
    header_.shape = {first_.width, first_.height, first_.channels};
    header_.class_names = options_.class_names;
    if (options_.label || options_.folder_is_class) header_.labels = io::LabelKind::kClass;
    io::validate(header_);
  }

  [[nodiscard]] std::string name() const override { return name_of_files(files_); }

  bool next(io::Batch& batch) override {
    const auto sample_bytes = static_cast<std::size_t>(header_.shape.size());
    batch = {};
    batch.size =
        std::min(files_.size() - done_, std::max<std::size_t>(kBatchBytes / sample_bytes, 1));
    if (batch.size == 0) return false;
    batch.dense = Dense(DType::kU8, {static_cast<std::int64_t>(batch.size), header_.shape.height,
                                     header_.shape.width, header_.shape.channels});
    auto out = batch.dense.data<std::uint8_t>().begin();
    for (std::size_t i = 0; i < batch.size; ++i, ++done_) {
      const Image image = done_ == 0 ? std::move(first_) : read(files_[done_]);
      const Shape shape{image.width, image.height, image.channels};
      if (shape != header_.shape) {
        fail(ErrorKind::kInvalid, "{}: image is {}, the first one {} (width, height, channels)",
             files_[done_], to_string(shape), to_string(header_.shape));
      }
      out = std::ranges::copy(image.pixels, out).out;
      batch.ids.push_back(id_of(files_[done_]));
      if (header_.labels == io::LabelKind::kClass) batch.classes.push_back(label_of(files_[done_]));
    }
    return true;
  }

 private:
  void name_classes() {
    if (!options_.folder_is_class || !options_.class_names.empty()) return;
    for (const std::string& file : files_) options_.class_names.push_back(folder_of(file));
    std::ranges::sort(options_.class_names);
    const auto repeated = std::ranges::unique(options_.class_names);
    options_.class_names.erase(repeated.begin(), repeated.end());
  }

  [[nodiscard]] Image read(const std::string& file) const {
    const auto source = io::open_source(file);
    const std::vector<std::byte> bytes = io::read_all(*source, kMaxFileBytes);
    return in_context(source->name(), [&] {
      Image image = decode_image(bytes);
      return options_.channels == 0 ? image : with_channels(image, options_.channels);
    });
  }

  static std::string folder_of(const std::string& file) {
    std::error_code ignored;
    return printable(fs::absolute(file, ignored).parent_path().filename().string());
  }

  [[nodiscard]] std::string id_of(const std::string& file) const {
    const std::string name = id_of_path(file);
    return options_.folder_is_class ? folder_of(file) + "/" + name : name;
  }

  [[nodiscard]] std::int32_t label_of(const std::string& file) const {
    if (!options_.folder_is_class) return *options_.label;
    const auto found = std::ranges::find(options_.class_names, folder_of(file));
    if (found == options_.class_names.end()) {
      fail(ErrorKind::kInvalid, "{}: folder '{}' is no class name", file, folder_of(file));
    }
    return static_cast<std::int32_t>(found - options_.class_names.begin());
  }

  ImageFilesOptions options_;
  std::vector<std::string> files_;
  Image first_;           // decoded early, for the header
  std::size_t done_ = 0;  // files handed out
};

}  // namespace

std::unique_ptr<SampleSource> open_images(const std::vector<std::string>& paths,
                                          ImageFilesOptions options) {
  return std::make_unique<ImageSource>(paths, std::move(options));
}

}  // namespace akida::data
