#include "data/boxes/box_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "base/error.h"
#include "data/lines.h"
#include "data/words.h"
#include "io/stream.h"

namespace akida::data {
namespace {

double number_of(const LineReader& lines, std::string_view word) {
  double value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || !std::isfinite(value)) {
    lines.refuse(fmt::format("'{}' is no number", word));
  }
  return value;
}

// The four words from `first` on.
metrics::Box box_of(const LineReader& lines, const std::vector<std::string_view>& words,
                    std::size_t first, BoxForm form) {
  metrics::Box box{number_of(lines, words[first]), number_of(lines, words[first + 1]),
                   number_of(lines, words[first + 2]), number_of(lines, words[first + 3])};
  if (form == BoxForm::kSize) {
    box.x2 += box.x1;
    box.y2 += box.y1;
  }
  if (box.x1 > box.x2 || box.y1 > box.y2) {
    lines.refuse(fmt::format("box ({}, {}), ({}, {}) has its second corner before the first",
                             box.x1, box.y1, box.x2, box.y2));
  }
  return box;
}

// Calls parse(words) for every line that is not blank.
template <typename Parse>
std::vector<NamedBox> read(LineReader& lines, const Parse& parse) {
  std::vector<NamedBox> boxes;
  for (std::string_view line; lines.next(line);) {
    const std::vector<std::string_view> words = words_of(line);
    if (words.empty()) continue;
    if (boxes.size() == io::kMaxBoxes) {
      lines.refuse(fmt::format("more than {} boxes, the limit", io::kMaxBoxes));
    }
    boxes.push_back(parse(words));
  }
  return boxes;
}

}  // namespace

std::vector<NamedBox> read_true_boxes(std::unique_ptr<io::ByteSource> source, BoxForm form) {
  LineReader lines(std::move(source));
  return read(lines, [&](const std::vector<std::string_view>& words) {
    const bool difficult = words.size() == 6 && words[5] == "difficult";
    if (words.size() != 5 && !difficult) {
      lines.refuse("a true box is not: class, 4 numbers, perhaps 'difficult'");
    }
    return NamedBox{.class_name = std::string(words[0]),
                    .box = box_of(lines, words, 1, form),
                    .difficult = difficult};
  });
}

std::vector<NamedBox> read_detections(std::unique_ptr<io::ByteSource> source, BoxForm form) {
  LineReader lines(std::move(source));
  return read(lines, [&](const std::vector<std::string_view>& words) {
    if (words.size() != 6) lines.refuse("a detection is not: class, score, 4 numbers");
    return NamedBox{.class_name = std::string(words[0]),
                    .score = number_of(lines, words[1]),
                    .box = box_of(lines, words, 2, form)};
  });
}

std::vector<std::string> files_in(const std::string& folder, const std::string& suffix) {
  std::vector<std::string> files;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; it != end && !error;
       it.increment(error)) {
    std::error_code unknown;  // a link that leads nowhere is no file
    const std::string path = it->path().string();
    if (path.ends_with(suffix) && it->is_regular_file(unknown)) files.push_back(path);
  }
  if (error) fail(ErrorKind::kIo, "{}: cannot read: {}", folder, error.message());
  std::ranges::sort(files);
  return files;
}

}  // namespace akida::data
