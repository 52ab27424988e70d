// The recordings of a keyword dataset: which files, of which class, in which set.
#pragma once

#include <cstdint>
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
// Throws kInvalid where there are no sounds, or a class has no recordings (before `only`, `except`
// and the sets), kUsage for regular expressions that are none and for percentages that have no
// class.
[[nodiscard]] KeywordIndex index_keywords(const std::vector<std::string>& paths,
                                          const KeywordIndexOptions& options);

// The same from a list: lines "path<TAB>word", paths from the folder of the list ("-": standard
// input, the current folder). Ids are the paths; the order is that of the list. Throws kFormat
// naming the line.
[[nodiscard]] KeywordIndex index_keyword_list(const std::string& list,
                                              const KeywordIndexOptions& options);

}  // namespace akida::data
