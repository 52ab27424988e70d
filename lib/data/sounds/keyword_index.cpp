#include "data/sounds/keyword_index.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <numeric>
#include <optional>
#include <regex>

#include "base/checked.h"
#include "base/error.h"
#include "base/log.h"
#include "base/random.h"
#include "base/utf8.h"
#include "data/archive.h"
#include "data/gzip.h"
#include "data/lines.h"
#include "data/sample_id.h"
#include "data/sounds/archived_recordings.h"
#include "data/sounds/sound.h"

namespace akida::data {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxRecordings = std::size_t{1} << 24;
constexpr std::size_t kMaxWordsNamed = 40;  // in a message

// Streams of random numbers of one seed: keyword_source.cpp has those of the samples.
enum Purpose : std::uint32_t { kChooseUnknown = 1, kOrder = 2 };

constexpr std::string_view kWhereTheyBelong =
    "put WAV, FLAC or Ogg files into a folder per word there, nothing is downloaded";

struct Recording {
  std::string path;
  std::string id;
  std::string word;
  std::optional<std::uint64_t> archived;

  [[nodiscard]] const std::string& path_in_set() const { return archived ? id : path; }
};

std::regex compile(const std::string& text, const char* option) {
  try {
    return std::regex(text);
  } catch (const std::regex_error& error) {
    fail(ErrorKind::kUsage, "{}: '{}' is no regular expression: {}", option, text, error.what());
  }
}

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
    label_from_name_ = compile(label_from_name, "--label-from-name");
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
        add(file, printable(fs::path(file).lexically_relative(folder).generic_string()),
            fs::path(file).parent_path());
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

std::vector<Recording> read_list(const std::string& path) {
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

std::vector<std::string> words_of(const std::vector<Recording>& recordings) {
  std::vector<std::string> words;
  for (const Recording& recording : recordings) words.push_back(recording.word);
  std::ranges::sort(words);
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

void require_words(const KeywordIndexOptions& options, const std::vector<std::string>& words) {
  for (auto name = options.class_names.begin(); name != options.class_names.end(); ++name) {
    if (std::find(options.class_names.begin(), name, *name) != name) {
      fail(ErrorKind::kInvalid, "class '{}' is named twice", *name);
    }
    if (*name == kSilenceWord || *name == kUnknownWord ||
        std::ranges::binary_search(words, *name)) {
      continue;
    }
    if (options.allow_missing) {
      log_info("no recordings of '{}'", *name);
      continue;
    }
    const std::span shown(words.data(), std::min(words.size(), kMaxWordsNamed));
    fail(ErrorKind::kInvalid, "no recordings of '{}', only of {}{}", *name,
         fmt::join(shown.begin(), shown.end(), ", "), words.size() > shown.size() ? ", ..." : "");
  }
}

std::optional<std::int32_t> class_of(const std::vector<std::string>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::int32_t>(found - names.begin());
}

void shuffle(std::vector<KeywordEntry>& entries, std::uint64_t seed, Purpose purpose,
             std::size_t count) {
  std::vector<std::uint32_t> order(entries.size());
  std::iota(order.begin(), order.end(), 0U);
  Random random(seed, purpose);
  partial_shuffle(order, count, random);
  std::vector<KeywordEntry> shuffled;
  for (std::size_t i = 0; i < count; ++i) shuffled.push_back(std::move(entries[order[i]]));
  entries = std::move(shuffled);
}

// Into the order of the recordings; silence behind them.
void sort_as(const std::vector<Recording>& recordings, std::vector<KeywordEntry>& entries) {
  using Key = std::pair<std::string_view, std::uint64_t>;  // ids may come twice
  std::map<Key, std::size_t> places;
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    places.emplace(Key(recordings[i].path, recordings[i].archived.value_or(0)), i);
  }
  std::ranges::stable_sort(entries, {}, [&](const KeywordEntry& entry) {
    const auto found = places.find(Key(entry.path, entry.archived.value_or(0)));
    return found == places.end() ? recordings.size() : found->second;
  });
}

// The part of the recordings that the options select, silence and unknown words included.
class Selection {
 public:
  Selection(const KeywordIndexOptions& options, std::vector<std::string> class_names)
      : options_(options), names_(std::move(class_names)) {
    if (!options.only.empty()) only_ = compile(options.only, "--only");
    if (!options.except.empty()) except_ = compile(options.except, "--except");
    silence_ = class_for(kSilenceWord, options.silence);
    unknown_ = class_for(kUnknownWord, options.unknown);
  }

  std::vector<KeywordEntry> select(const std::vector<Recording>& recordings) {
    std::vector<KeywordEntry> chosen;
    std::vector<KeywordEntry> others;  // words without a class
    std::size_t named = 0;
    std::size_t in_set = 0;
    for (const Recording& recording : recordings) {
      if (!has_wanted_name(recording)) continue;
      ++named;
      if (which_set(recording.path_in_set(), options_.shares) != options_.set) continue;
      ++in_set;
      if (const auto label = class_of(names_, recording.word)) {
        chosen.push_back({recording.path, recording.id, *label, recording.archived});
      } else if (unknown_) {
        others.push_back({recording.path, recording.id, *unknown_, recording.archived});
      }
    }
    require_some(recordings.size(), named, in_set, chosen.size());
    const std::size_t words = chosen.size();
    const std::size_t silences = share_of(words, options_.silence);
    for (std::size_t i = 0; i < silences; ++i) {
      chosen.push_back({"", fmt::format("{}/{}", kSilenceWord, i), *silence_, std::nullopt});
    }
    const std::size_t unknowns = std::min(share_of(words, options_.unknown), others.size());
    shuffle(others, options_.seed, kChooseUnknown, unknowns);
    std::ranges::move(others, std::back_inserter(chosen));
    return chosen;
  }

 private:
  [[nodiscard]] std::optional<std::int32_t> class_for(std::string_view name, double percent) const {
    if (!(percent >= 0 && percent <= 10000)) {
      fail(ErrorKind::kUsage, "{} % of '{}' is outside 0..10000", percent, name);
    }
    const auto label = class_of(names_, name);
    if (percent > 0 && !label) {
      fail(ErrorKind::kUsage, "{} % of '{}' needs such a class: name the classes", percent, name);
    }
    return label;
  }

  [[nodiscard]] bool has_wanted_name(const Recording& recording) const {
    if (only_ && !std::regex_search(recording.id, *only_)) return false;
    return !except_ || !std::regex_search(recording.id, *except_);
  }

  // Of all recordings, those with wanted names, of the set, and of a class.
  void require_some(std::size_t all, std::size_t named, std::size_t in_set,
                    std::size_t of_class) const {
    const auto refuse = [](std::size_t of, const std::string& what) {
      fail(ErrorKind::kInvalid, "none of {} recordings {}", of, what);
    };
    if (named == 0) {
      refuse(all, fmt::format("is left by {}{}{}", only_ ? "--only" : "",
                              only_ && except_ ? " and " : "", except_ ? "--except" : ""));
    }
    if (in_set == 0) {
      refuse(named, fmt::format("is in the set '{}', with {} % for validation and {} % for testing",
                                name_of(options_.set), options_.shares.validation,
                                options_.shares.testing));
    }
    if (of_class == 0) refuse(in_set, "is of a word that is a class");
  }

  static std::size_t share_of(std::size_t count, double percent) {
    return static_cast<std::size_t>(std::ceil(static_cast<double>(count) * percent / 100));
  }

  const KeywordIndexOptions& options_;
  std::vector<std::string> names_;
  std::optional<std::regex> only_;
  std::optional<std::regex> except_;
  std::optional<std::int32_t> silence_;
  std::optional<std::int32_t> unknown_;
};

KeywordIndex make_index(const std::vector<Recording>& recordings,
                        const KeywordIndexOptions& options) {
  validate(options.shares);
  const std::vector<std::string> words = words_of(recordings);
  KeywordIndex index{options.class_names.empty() ? words : options.class_names, {}};
  require_words(options, words);
  index.entries = Selection(options, index.class_names).select(recordings);
  return index;
}

}  // namespace

KeywordIndex index_keywords(const std::vector<std::string>& paths,
                            const KeywordIndexOptions& options) {
  const std::vector<Recording> recordings = Finder(options.label_from_name).find(paths);
  KeywordIndex index = make_index(recordings, options);
  if (std::ranges::any_of(recordings, [](const Recording& r) { return r.archived.has_value(); })) {
    sort_as(recordings, index.entries);
  } else {
    shuffle(index.entries, options.seed, kOrder, index.entries.size());
  }
  return index;
}

KeywordIndex index_keyword_list(const std::string& list, const KeywordIndexOptions& options) {
  return make_index(read_list(list), options);
}

}  // namespace akida::data
