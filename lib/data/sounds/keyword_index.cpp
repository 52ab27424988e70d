#include "data/sounds/keyword_index.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <regex>

#include "base/error.h"
#include "base/log.h"
#include "base/random.h"
#include "data/sounds/recordings.h"

namespace akida::data {
namespace {

constexpr std::size_t kMaxWordsNamed = 40;  // in a message

// Streams of random numbers of one seed: keyword_source.cpp has those of the samples.
enum Purpose : std::uint32_t { kChooseUnknown = 1, kOrder = 2 };

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
    if (!options.only.empty()) only_ = compile_regex(options.only, "--only");
    if (!options.except.empty()) except_ = compile_regex(options.except, "--except");
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
  const std::vector<Recording> recordings = find_recordings(paths, options.label_from_name);
  KeywordIndex index = make_index(recordings, options);
  if (std::ranges::any_of(recordings, [](const Recording& r) { return r.archived.has_value(); })) {
    sort_as(recordings, index.entries);
  } else {
    shuffle(index.entries, options.seed, kOrder, index.entries.size());
  }
  return index;
}

KeywordIndex index_keyword_list(const std::string& list, const KeywordIndexOptions& options) {
  return make_index(read_recording_list(list), options);
}

}  // namespace akida::data
