#include "data/boxes/widerface_annotations.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

#include "base/error.h"
#include "base/utf8.h"
#include "data/archive.h"
#include "data/boxes/annotated_archive.h"
#include "data/gzip.h"
#include "data/sample_id.h"
#include "data/words.h"
#include "io/stream.h"

namespace akida::data {
namespace {

constexpr std::int32_t kMaxPixels = 1 << 20;  // of a coordinate or a side

// False where `word` is no whole number.
bool parse(std::string_view word, std::int32_t& value) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return error == std::errc() && end == word.data() + word.size();
}

bool leads_out(const std::filesystem::path& path) {
  return path.is_absolute() || std::ranges::find(path, "..") != path.end();
}

bool is_numbers(std::string_view line) {
  const std::vector<std::string_view> words = words_of(line);
  std::int32_t ignored = 0;
  return words.size() >= 4 &&
         std::ranges::all_of(words, [&](std::string_view word) { return parse(word, ignored); });
}

}  // namespace

WiderFaceReader::WiderFaceReader(std::unique_ptr<io::ByteSource> source)
    : lines_(std::move(source)) {}

bool WiderFaceReader::next_line(std::string_view& line) {
  if (has_kept_) {
    has_kept_ = false;
    line = kept_;
    return true;
  }
  return lines_.next(line);
}

io::Box WiderFaceReader::read_box() {
  std::string_view line;
  if (!next_line(line)) lines_.refuse("the file ends inside the boxes of an image");
  const std::vector<std::string_view> words = words_of(line);
  std::int32_t sides[4] = {};
  for (std::size_t i = 0; i < 4; ++i) {
    if (i >= words.size() || !parse(words[i], sides[i])) {
      lines_.refuse("a box does not begin with 4 whole numbers: x y width height");
    }
    if (sides[i] < (i < 2 ? -kMaxPixels : 0) || sides[i] > kMaxPixels) {
      lines_.refuse(
          fmt::format("box: {} is outside {}..{}", sides[i], i < 2 ? -kMaxPixels : 0, kMaxPixels));
    }
  }
  return {static_cast<float>(sides[0]), static_cast<float>(sides[1]),
          static_cast<float>(sides[0] + sides[2]), static_cast<float>(sides[1] + sides[3])};
}

std::optional<AnnotatedImage> WiderFaceReader::next() {
  std::string_view line;
  do {
    if (!next_line(line)) return {};
  } while (words_of(line).empty());
  AnnotatedImage image{.path = std::string(line), .id = printable(std::string(line))};
  if (leads_out(image.path)) {
    lines_.refuse(fmt::format("path '{}' leads out of its folder", image.id));
  }
  std::int32_t count = 0;
  if (!next_line(line)) lines_.refuse("the file ends before the number of faces");
  const std::vector<std::string_view> words = words_of(line);
  if (words.size() != 1 || !parse(words[0], count) || count < 0 ||
      count > static_cast<std::int32_t>(io::kMaxBoxes)) {
    lines_.refuse(fmt::format("'{}' is no number of faces in 0..{}", printable(std::string(line)),
                              io::kMaxBoxes));
  }
  for (std::int32_t i = 0; i < count; ++i) image.boxes.push_back(read_box());
  if (count == 0 && next_line(line) && !is_numbers(line)) {
    kept_ = line;
    has_kept_ = true;
  }
  return image;
}

namespace {

// The images of an archive, whose annotations are all in memory.
class WiderFaceArchive {
 public:
  WiderFaceArchive(WiderFaceReader& reader, std::string archive, bool keep_empty)
      : archive_(std::move(archive)), keep_empty_(keep_empty) {
    while (std::optional<AnnotatedImage> image = reader.next()) {
      const std::string path = image->path;
      images_.insert_or_assign(path, std::move(*image));
    }
  }

  // Once for every image.
  [[nodiscard]] std::optional<AnnotatedImage> take(const std::string& entry) {
    std::optional<AnnotatedImage> image;
    (void)find_ending(entry, [&](const std::string& path) {
      const auto found = images_.find(path);
      if (found == images_.end()) return false;
      image = std::move(found->second);
      images_.erase(found);
      return true;
    });
    return image;
  }

  // Throws where the archive lacks an image that is wanted.
  void finish() const {
    for (const auto& [path, image] : images_) {
      if (image.boxes.empty() && !keep_empty_) continue;
      fail(ErrorKind::kInvalid, "{}: no image '{}'", archive_, image.id);
    }
  }

 private:
  std::string archive_;
  bool keep_empty_;
  std::map<std::string, AnnotatedImage> images_;  // by path, those that did not come yet
};

}  // namespace

std::unique_ptr<SampleSource> open_widerface(const std::string& annotations,
                                             const std::string& images, BoxImageOptions samples) {
  const auto reader = std::make_shared<WiderFaceReader>(open_uncompressed(annotations));
  const std::string name = name_of_files({annotations});
  if (is_archive_file(images)) {
    const auto stored = std::make_shared<WiderFaceArchive>(*reader, images, samples.keep_empty);
    WantedImages wanted{.take = [stored](const std::string& entry) { return stored->take(entry); },
                        .finish = [stored] { stored->finish(); }};
    return open_box_images(images_in_archive(name, images, std::move(wanted)), std::move(samples));
  }
  const auto next = [reader, images] {
    std::optional<AnnotatedImage> image = reader->next();
    if (image) image->path = (std::filesystem::path(images) / image->path).string();
    return image;
  };
  return open_box_images(
      {.name = name, .next = next, .share = [reader] { return reader->share(); }},
      std::move(samples));
}

}  // namespace akida::data
