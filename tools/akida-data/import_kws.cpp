// akida-data import kws SRC... - features of recorded words.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "akida-data/feature_options.h"
#include "akida-data/import_options.h"
#include "akida-data/import_verbs.h"
#include "akida-data/partition_options.h"
#include "base/error.h"
#include "common/shared_options.h"
#include "data/sounds/keyword_source.h"

namespace akida::data_tool {
namespace {

struct KwsOptions {
  ImportOptions common;
  std::vector<std::string> paths;
  std::string list;                  // file of paths and words, empty: none
  std::optional<std::string> words;  // W,W,...
  std::string set = "training";
  data::KeywordOptions keywords;
};

// As the documented list: two classes that are no word come first.
std::vector<std::string> class_names_of_words(const std::string& text) {
  std::vector<std::string> names = {std::string(data::kSilenceWord),
                                    std::string(data::kUnknownWord)};
  std::istringstream rest(text + ",");
  for (std::string word; std::getline(rest, word, ',');) {
    if (word.empty()) fail(ErrorKind::kUsage, "--words: '{}' has an empty word", text);
    if (std::ranges::find(names, word) != names.end()) {
      fail(ErrorKind::kUsage, "--words: class '{}' is named twice{}", word,
           word.starts_with('_') ? ", it is there anyway" : "");
    }
    names.push_back(word);
  }
  return names;
}

// What the command line alone shows to have no effect.
void require_effect(const KwsOptions& options) {
  const data::KeywordOptions& keywords = options.keywords;
  const data::KeywordIndexOptions& index = keywords.index;
  const bool has_frequency = keywords.noise_frequency > 0;
  if (has_frequency != (keywords.noise_volume > 0)) {
    fail(ErrorKind::kUsage, "{} has no effect without {}",
         has_frequency ? "--noise-frequency" : "--noise-volume",
         has_frequency ? "--noise-volume" : "--noise-frequency");
  }
  if (!keywords.noise_folder.empty() && !has_frequency && index.silence == 0) {
    fail(ErrorKind::kUsage, "--noise has no effect without --silence or --noise-frequency");
  }
  if (has_frequency && !options.list.empty() && keywords.noise_folder.empty()) {
    fail(ErrorKind::kUsage, "--noise-frequency with --list needs --noise");
  }
  const bool is_testing = index.set == data::PartitionSet::kTesting;
  const double share = is_testing ? index.shares.testing : index.shares.validation;
  if (index.set != data::PartitionSet::kTraining && share == 0) {
    fail(ErrorKind::kUsage, "--set {0} needs --{0}, the share of the recordings that is in it",
         options.set);
  }
}

int run(KwsOptions& options) {
  const std::map<std::string, data::PartitionSet> sets = {
      {"training", data::PartitionSet::kTraining},
      {"validation", data::PartitionSet::kValidation},
      {"testing", data::PartitionSet::kTesting}};
  data::KeywordIndexOptions& index = options.keywords.index;
  if (options.list.empty() == options.paths.empty()) {
    fail(ErrorKind::kUsage, "needs either folders of recordings or --list");
  }
  index.set = sets.at(options.set);
  require_effect(options);
  require_use(options.keywords.features);
  index.class_names =
      options.words ? class_names_of_words(*options.words) : class_names_of(options.common);
  index.allow_missing = !options.words;
  const auto source = options.list.empty()
                          ? data::open_keywords(options.paths, options.keywords)
                          : data::open_keyword_list(options.list, options.keywords);
  return write_stream(options.common, *source);
}

void add_selection(cli::CommandLine& line, KwsOptions& options) {
  const std::string group = "Recordings";
  const auto text = [&](const char* name, auto& value, const char* unit, const char* what) {
    return line.add_option(name, value, what).type_name(unit).group(group);
  };
  data::KeywordIndexOptions& index = options.keywords.index;
  text("--list", options.list, "FILE", "Lines of path, tab, word, in place of SRC");
  text("--words", options.words, "W,W,...",
       "Classes: _silence_, _unknown_ and these words (default: all words found)")
      .excludes(line.option("--class-names"));
  text("--label-from-name", index.label_from_name, "REGEX",
       "The first group in the path below SRC is the word, in place of the folder")
      .excludes(line.option("--list"));
  text("--only", index.only, "REGEX", "Take recordings with a match in the path below SRC");
  text("--except", index.except, "REGEX", "Leave out those with a match");
  text("--set", options.set, "NAME", "Set to import: training, validation or testing")
      .one_of({"training", "validation", "testing"})
      .show_default();
  add_partition_shares(line, index.shares);
  const auto percent = [&](const char* name, double& value, const char* what) {
    line.add_option(name, value, what)
        .range(0.0, 10000.0)
        .type_name("PERCENT")
        .show_default()
        .group(group);
  };
  percent("--silence", index.silence, "Samples of silence per hundred recordings of words");
  percent("--unknown", index.unknown, "Recordings of other words per hundred of the words");
  line.add_option("--offset", options.keywords.offset, "Samples of the set to pass over")
      .type_name("N")
      .group(group);
  line.add_option("--count", options.keywords.count,
                  "Samples to take, in training drawn at random (default: all)")
      .type_name("N")
      .group(group);
  for (const char* name : {"--validation", "--testing"}) line.option(name).group(group);
}

void add_augmentation(cli::CommandLine& line, data::KeywordOptions& options) {
  const std::string group = "Augmentation";
  line.add_option("--augmented", options.copies, "Samples of each recording")
      .range(1, 65536)
      .type_name("N")
      .show_default()
      .group(group);
  line.add_option("--noise", options.noise_folder,
                  "Folder of noises (default: _background_noise_ in SRC)")
      .type_name("FOLDER")
      .group(group);
  line.add_option("--noise-frequency", options.noise_frequency,
                  "Share of the training samples that get noise")
      .range(0.0, 1.0)
      .type_name("X")
      .show_default()
      .group(group);
  line.add_option("--noise-volume", options.noise_volume, "Highest volume of noise")
      .range(0.0, 1.0)
      .type_name("X")
      .show_default()
      .group(group);
  line.add_option("--time-shift", options.time_shift_ms,
                  "Move recordings by up to this, either way")
      .range(0.0, 600000.0)
      .type_name("MS")
      .show_default()
      .group(group);
}

}  // namespace

cli::Command import_kws_verb() {
  const auto options = std::make_shared<KwsOptions>();
  return {.name = "kws",
          .purpose = "Import recordings of words as features: WAV, FLAC and Ogg, also in archives.",
          .examples =
              "akida-data import kws --words yes,no --silence 10 --unknown 10 --testing 10 "
              "--set testing speech -o test.aks\n"
              "akida-data import kws --label-from-name '([0-9])_' --except _theo_ digits -o "
              "train.aks\n",
          .add_options =
              [options](cli::CommandLine& line) {
                line.add_option("SRC", options->paths,
                                "Folders or archives of words, or recordings")
                    .type_name("");
                add_import_options(line, options->common);
                add_selection(line, *options);
                add_augmentation(line, options->keywords);
                add_feature_options(line, options->keywords.features);
                cli::add_seed(line, options->keywords.index.seed);
                cli::add_jobs(line, options->keywords.jobs);
              },
          .run = [options] { return run(*options); }};
}

}  // namespace akida::data_tool
