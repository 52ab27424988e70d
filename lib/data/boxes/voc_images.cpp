// Where the annotations of PASCAL VOC and their images lie: in folders or archives.
#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <set>

#include "base/error.h"
#include "base/utf8.h"
#include "data/archive.h"
#include "data/boxes/annotated_archive.h"
#include "data/boxes/box_text.h"
#include "data/boxes/voc_annotations.h"
#include "data/lines.h"
#include "data/words.h"

namespace akida::data {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".xml";
constexpr std::array kImageSuffixes = {".jpg", ".jpeg", ".png", ".ppm", ".pgm", ".JPG", ".PNG"};

std::string stem_of(const std::string& path) { return fs::path(path).stem().string(); }
std::string file_name(const std::string& path) { return fs::path(path).filename().string(); }

// The names in the file --list.
std::vector<std::string> names_in_list(const std::string& list) {
  std::vector<std::string> names;
  LineReader lines(io::open_source(list));
  for (std::string_view line; lines.next(line);) {
    const std::vector<std::string_view> words = words_of(line);
    if (words.empty()) continue;
    if (words[0].find('/') != std::string_view::npos) {
      lines.refuse(fmt::format("'{}' is no name of an annotation", words[0]));
    }
    names.emplace_back(words[0]);
  }
  return names;
}

// Annotations by name, one file each in a folder, or all of an archive in memory.
class Annotations {
 public:
  explicit Annotations(const VocOptions& options) : place_(options.annotations) {
    if (is_archive_file(place_)) read_archive();
    if (!options.list.empty()) {
      names_ = names_in_list(options.list);
    } else if (stored_) {
      for (const auto& [name, annotation] : *stored_) names_.push_back(name);
    } else {
      for (const std::string& path : files_in(place_, std::string(kSuffix))) {
        names_.push_back(stem_of(path));
      }
    }
    if (names_.empty()) {
      fail(ErrorKind::kInvalid, "{}: no annotations found",
           options.list.empty() ? place_ : options.list);
    }
  }

  // Those wanted, in their order.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  // What messages call an annotation.
  [[nodiscard]] std::string place(const std::string& name) const {
    const std::string file = name + std::string(kSuffix);
    return stored_ ? place_ + ": " + file : (fs::path(place_) / file).string();
  }

  [[nodiscard]] VocAnnotation read(const std::string& name) const {
    const std::string path = place(name);
    if (!stored_) return parse(*io::open_source(path), path);
    const auto found = stored_->find(name);
    if (found == stored_->end()) fail(ErrorKind::kInvalid, "{}: no such annotation", path);
    return found->second;
  }

 private:
  static VocAnnotation parse(io::ByteSource& source, const std::string& path) {
    const std::vector<std::byte> bytes = io::read_all(source, kMaxAnnotationBytes);
    return in_context(path, [&] { return parse_voc(bytes); });
  }

  void read_archive() {
    stored_.emplace();
    for (ArchiveReader entries(place_); entries.next();) {
      if (!entries.entry().ends_with(kSuffix)) continue;
      const auto content = entries.content();
      stored_->insert_or_assign(stem_of(entries.entry()), parse(*content, content->name()));
    }
  }

  std::string place_;
  std::optional<std::map<std::string, VocAnnotation>> stored_;  // of an archive
  std::vector<std::string> names_;
};

// Makes of annotations what is known about an image.
class VocReader {
 public:
  VocReader(const VocOptions& options, const BoxImageOptions& samples)
      : options_(options),
        classes_(samples.class_names),
        keep_empty_(samples.keep_empty),
        annotations_(options) {}

  // The images of a folder, in the order of the names.
  [[nodiscard]] std::optional<AnnotatedImage> next() {
    if (at_ == annotations_.names().size()) return {};
    const std::string& name = annotations_.names()[at_++];
    const VocAnnotation annotation = annotations_.read(name);
    AnnotatedImage image = image_of(name, annotation);
    // Whoever leaves out images without boxes need not have them.
    if (is_wanted(image)) image.path = image_path(annotation, name);
    return image;
  }

  [[nodiscard]] double share() const {
    return static_cast<double>(at_) / static_cast<double>(annotations_.names().size());
  }

  // Before take(): finds the images among the names in the archive, which is read for them.
  void index() {
    std::set<std::string> files;
    for (ArchiveReader entries(options_.images); entries.next();) {
      files.insert(file_name(entries.entry()));
    }
    for (const std::string& name : annotations_.names()) {
      const VocAnnotation annotation = annotations_.read(name);
      const auto file = image_file(
          annotation, name, [&](const std::string& wanted) { return files.contains(wanted); });
      if (file) {
        names_.emplace(*file, name);
      } else if (is_wanted(image_of(name, annotation))) {
        refuse(annotation, name);
      }
    }
  }

  // The image of an entry of the archive, once.
  [[nodiscard]] std::optional<AnnotatedImage> take(const std::string& entry) {
    const auto found = names_.extract(file_name(entry));
    if (found.empty()) return {};
    return image_of(found.mapped(), annotations_.read(found.mapped()));
  }

 private:
  [[nodiscard]] AnnotatedImage image_of(const std::string& name,
                                        const VocAnnotation& annotation) const {
    AnnotatedImage image{.id = printable(name)};
    for (const VocObject& object : annotation.objects) add(object, image);
    return image;
  }

  [[nodiscard]] bool is_wanted(const AnnotatedImage& image) const {
    return !image.boxes.empty() || keep_empty_;
  }

  void add(const VocObject& object, AnnotatedImage& image) const {
    const auto found = std::ranges::find(classes_, object.name);
    if (found == classes_.end()) {
      ++image.unwanted;
      return;
    }
    if (object.difficult && !options_.keep_difficult) {
      ++image.difficult;
      return;
    }
    image.boxes.push_back({static_cast<float>(object.x1), static_cast<float>(object.y1),
                           static_cast<float>(object.x2), static_cast<float>(object.y2),
                           static_cast<std::int32_t>(found - classes_.begin()), object.difficult});
  }

  // The name of an image's file: the one in the annotation or, where there is none, the
  // annotation's own with a suffix.
  template <typename Exists>
  static std::optional<std::string> image_file(const VocAnnotation& annotation,
                                               const std::string& name, const Exists& exists) {
    if (!annotation.filename.empty() && exists(annotation.filename)) return annotation.filename;
    for (const char* suffix : kImageSuffixes) {
      if (exists(name + suffix)) return name + suffix;
    }
    return {};
  }

  [[nodiscard]] std::string image_path(const VocAnnotation& annotation,
                                       const std::string& name) const {
    const fs::path folder(options_.images);
    const auto file = image_file(annotation, name, [&](const std::string& wanted) {
      std::error_code unknown;
      return fs::is_regular_file(folder / wanted, unknown);
    });
    if (!file) refuse(annotation, name);
    return (folder / *file).string();
  }

  [[noreturn]] void refuse(const VocAnnotation& annotation, const std::string& name) const {
    fail(ErrorKind::kInvalid, "{}: no image '{}' in {}", annotations_.place(name),
         annotation.filename.empty() ? name : annotation.filename, options_.images);
  }

  VocOptions options_;
  std::vector<std::string> classes_;
  bool keep_empty_;
  Annotations annotations_;
  std::size_t at_ = 0;                        // names gone through
  std::map<std::string, std::string> names_;  // of annotations, by file names of images
};

}  // namespace

std::vector<std::string> voc_classes(const VocOptions& options) {
  const Annotations annotations(options);
  std::set<std::string> classes;
  for (const std::string& name : annotations.names()) {
    for (const VocObject& object : annotations.read(name).objects) {
      if (!object.difficult || options.keep_difficult) classes.insert(object.name);
    }
  }
  return {classes.begin(), classes.end()};
}

std::unique_ptr<SampleSource> open_voc(const VocOptions& options, BoxImageOptions samples) {
  const auto reader = std::make_shared<VocReader>(options, samples);
  if (!is_archive_file(options.images)) {
    return open_box_images({.name = options.annotations,
                            .next = [reader] { return reader->next(); },
                            .share = [reader] { return reader->share(); }},
                           std::move(samples));
  }
  reader->index();
  return open_box_images(
      images_in_archive(options.annotations, options.images,
                        {.take = [reader](const std::string& entry) { return reader->take(entry); },
                         .finish = nullptr}),
      std::move(samples));
}

}  // namespace akida::data
