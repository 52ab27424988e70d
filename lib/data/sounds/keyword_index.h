// The recordings of a keyword dataset: which files, of which class, in which set.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/sounds/set_partition.h"

namespace akida::data {

// Classes that are no word, and the folder of noises to mix into recordings.
inline constexpr std::string_view kSilenceWord = "_silence_";
inline constexpr std::string_view kUnknownWord = "_unknown_";
inline constexpr std::string_view kNoiseFolder = "_background_noise_";

struct KeywordIndexOptions {
  // The classes in order, of which kSilenceWord and kUnknownWord may be two; empty: the words
  // found, in alphabetical order.
  std::vector<std::string> class_names;
  bool allow_missing = false;   // class_names may hold words without recordings
  std::string label_from_name;  // regular expression; its first group in an id is the word
  std::string only;             // regular expression that an id must contain a match of; empty: any
  std::string except;           // one that it must not
  PartitionShares shares;
  PartitionSet set = PartitionSet::kTraining;
  double silence = 0;  // percent of the number of recordings of words, as many of silence
  double unknown = 0;  // as many of words that are no class
  std::uint64_t seed = 0;
};

struct KeywordEntry {
  std::string path;  // empty: silence
  std::string id;
  std::int32_t label = 0;
  std::optional<std::uint64_t> archived;  // the number of the file, from 0, in the archive `path`
};

struct KeywordIndex {
  std::vector<std::string> class_names;
  std::vector<KeywordEntry> entries;  // of the set
};

// Looks at `paths`: a folder stands for the sound files in its folders, each of which has a word as
// its name (in lower case); with `label_from_name` for those anywhere below it. kNoiseFolder is
// passed over. A file's word is the name of its folder, too. Ids are the paths below the folder, or
// the file's name; `which_set` gives the set. Recordings of words without a class serve as unknown
// ones or are left out; those of kUnknownWord are chosen, and all are put in an order, at random.
//
// An archive (archive.h) in a file stands for the sound files in its folders, at any depth, that of
// a recording being its word. It is read in one go, so with an archive the order is that of the
// paths and of the files in it, silence comes last, and nothing is shuffled.
//
// Throws kInvalid where there are no sounds, a class has no recordings (before `only`, `except` and
// the sets; unless `allow_missing`), is named twice, or where the options leave no recording;
// kUsage for regular expressions that are none, for percentages that have no class, and for pipes.
[[nodiscard]] KeywordIndex index_keywords(const std::vector<std::string>& paths,
                                          const KeywordIndexOptions& options);

// The same from a list: lines "path<TAB>word", paths from the folder of the list ("-": standard
// input, the current folder). Ids are the paths; the order is that of the list. Throws kFormat
// naming the line.
[[nodiscard]] KeywordIndex index_keyword_list(const std::string& list,
                                              const KeywordIndexOptions& options);

}  // namespace akida::data
