#include "data/sounds/recordings.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/utf8.h"
#include "data/archive.h"
#include "data/files_below.h"
#include "data/gzip.h"
#include "data/lines.h"
#include "data/sample_id.h"
#include "data/sounds/keyword_index.h"
#include "data/sounds/sound.h"

namespace akida::data {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxRecordings = std::size_t{1} << 24;

constexpr std::string_view kWhereTheyBelong =
    "put WAV, FLAC or Ogg files into a folder per word there, nothing is downloaded";

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

bool is_sound(const std::string& path) {
  return !sound_format(io::open_source(path)->peek(kSoundMagicBytes)).empty();
}

// The sound files of folders and their words.
class Finder {
 public:
  explicit Finder(const std::string& label_from_name) : expression_(label_from_name) {
    if (label_from_name.empty()) return;
    label_from_name_ = compile_regex(label_from_name, "--label-from-name");
    if (label_from_name_->mark_count() == 0) {
      fail(ErrorKind::kUsage, "--label-from-name: '{}' has no group (in parentheses)",
           label_from_name);
    }
  }

  std::vector<Recording> find(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      std::error_code unknown;  // open_source says what is wrong
      const fs::file_status status = fs::status(path, unknown);
      if (path == "-" || fs::is_fifo(status)) {
        fail(ErrorKind::kUsage,
             "{}: recordings cannot come from a pipe: they are looked through before they are read",
             path);
      }
      if (status.type() == fs::file_type::not_found) {
        fail(ErrorKind::kIo, "{}: no such file or folder; {}", path, kWhereTheyBelong);
      }
      if (fs::is_directory(status)) {
        add_folder(path);
      } else if (is_archive_file(path)) {
        add_archive(path);
      } else {
        add(path, id_of_path(path), fs::absolute(path, unknown).parent_path());
      }
    }
    require_some(paths.front());
    return std::move(found_);
  }

 private:
  void add_folder(const std::string& folder) {
    std::vector<std::string> files;
    std::error_code error;
    for (fs::recursive_directory_iterator it(folder, error), end; it != end && !error;
         it.increment(error)) {
      std::error_code unknown;  // a link that leads nowhere is no sound
      const bool is_folder = it->is_directory(unknown);
      const bool words_only = !label_from_name_ && it.depth() > 0;
      if (is_folder && (words_only || it->path().filename() == kNoiseFolder)) {
        it.disable_recursion_pending();
      }
      // A file beside the folders of words has no word, unless by its name.
      if (it->is_regular_file(unknown) && (label_from_name_ || words_only)) {
        files.push_back(it->path().string());
      }
    }
    if (error) fail(ErrorKind::kIo, "{}: cannot read: {}", folder, error.message());
    std::ranges::sort(files);
    for (const std::string& file : files) {
      if (is_sound(file)) {
        add(file, path_below(folder, file), fs::path(file).parent_path());
      }
    }
  }

  // A noise folder and what lies beside the folders of words are passed over, as above.
  void add_archive(const std::string& path) {
    std::uint64_t number = 0;
    for (ArchiveReader reader(path); reader.next(); ++number) {
      const fs::path entry = fs::path(reader.entry()).lexically_normal();
      const fs::path folder = entry.parent_path();
      const bool has_word = label_from_name_ || !folder.empty();
      if (!has_word || folder.filename() == kNoiseFolder) continue;
      if (sound_format(reader.content()->peek(kSoundMagicBytes)).empty()) continue;
      add(path, entry.generic_string(), folder, number);
    }
  }

  void add(const std::string& path, const std::string& id, const fs::path& folder,
           std::optional<std::uint64_t> archived = std::nullopt) {
    ++sounds_;
    last_id_ = id;
    std::string word = lower_case(printable(folder.filename().string()));
    if (label_from_name_) {
      std::smatch match;
      if (!std::regex_search(id, match, *label_from_name_)) return;
      word = match[1].str();
    }
    if (found_.size() == kMaxRecordings) {
      fail(ErrorKind::kInvalid, "{}: more than {} recordings, the limit", path, kMaxRecordings);
    }
    found_.push_back({path, id, std::move(word), archived});
  }

  void require_some(const std::string& path) const {
    if (!found_.empty()) return;
    if (sounds_ > 0) {
      fail(ErrorKind::kInvalid, "{}: --label-from-name '{}' matches none of {} names, as '{}'",
           path, expression_, sounds_, last_id_);
    }
    fail(ErrorKind::kInvalid, "{}: no recordings found; {}", path, kWhereTheyBelong);
  }

  std::string expression_;
  std::size_t sounds_ = 0;  // with or without a word
  std::string last_id_;
  std::optional<std::regex> label_from_name_;
  std::vector<Recording> found_;
};

}  // namespace

std::regex compile_regex(const std::string& text, const char* option) {
  try {
    return std::regex(text);
  } catch (const std::regex_error& error) {
    fail(ErrorKind::kUsage, "{}: '{}' is no regular expression: {}", option, text, error.what());
  }
}

std::vector<Recording> find_recordings(const std::vector<std::string>& paths,
                                       const std::string& label_from_name) {
  return Finder(label_from_name).find(paths);
}

std::vector<Recording> read_recording_list(const std::string& path) {
  LineReader lines(open_uncompressed(path));
  const fs::path folder = path == "-" ? fs::path() : fs::path(path).parent_path();
  std::vector<Recording> found;
  for (std::string_view line; lines.next(line);) {
    if (line.empty()) continue;
    const std::size_t tab = line.rfind('\t');
    if (tab == std::string_view::npos || tab == 0 || tab + 1 == line.size()) {
      lines.refuse("not of the form path<TAB>word");
    }
    if (found.size() == kMaxRecordings) {
      lines.refuse(fmt::format("more than {} recordings, the limit", kMaxRecordings));
    }
    const std::string file(line.substr(0, tab));
    found.push_back({(folder / file).string(), printable(file), std::string(line.substr(tab + 1)),
                     std::nullopt});
  }
  if (found.empty()) fail(ErrorKind::kInvalid, "{}: no recordings", lines.name());
  return found;
}

}  // namespace akida::data
