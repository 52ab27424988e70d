#include "data/sounds/keyword_source.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "base/error.h"
#include "io/batch.h"
#include "scratch_directory.h"
#include "wav_bytes.h"

using namespace akida;
using Catch::Matchers::Contains;
using Names = std::vector<std::string>;

namespace {

// Folders of words with `count` recordings each: word/word_<i>.wav, 100 samples of value i + 1.
class Words {
 public:
  explicit Words(const Names& words, int count = 4) {
    for (const std::string& word : words) {
      std::filesystem::create_directories(scratch_.path() / word);
      for (int i = 0; i < count; ++i) {
        add(word + "/" + word + "_" + std::to_string(i) + ".wav", 100, i + 1);
      }
    }
  }

  void add(const std::string& name, std::size_t samples, int value) const {
    std::filesystem::create_directories((scratch_.path() / name).parent_path());
    write_file(
        scratch_ / name,
        wav_bytes(std::vector<std::int16_t>(samples, static_cast<std::int16_t>(value)), 8000));
  }

  [[nodiscard]] std::string path() const { return scratch_.path().string(); }

 private:
  ScratchDirectory scratch_;
};

data::KeywordIndex index_of(const Words& words, const data::KeywordIndexOptions& options = {}) {
  return data::index_keywords({words.path()}, options);
}

std::map<std::int32_t, int> count_labels(const data::KeywordIndex& index) {
  std::map<std::int32_t, int> counts;
  for (const auto& entry : index.entries) ++counts[entry.label];
  return counts;
}

Names ids_of(const data::KeywordIndex& index) {
  Names ids;
  for (const auto& entry : index.entries) ids.push_back(entry.id);
  return ids;
}

// Clips of 100 samples at 8 kHz; 3 rows of a spectrogram of 33 frequencies.
data::KeywordOptions small_clips() {
  data::KeywordOptions options;
  options.features = {.kind = data::FeatureKind::kSpectrogram,
                      .rate = 8000,
                      .clip_ms = 12.5,
                      .window_ms = 8,
                      .stride_ms = 2};
  options.jobs = 2;
  return options;
}

io::Batch read(data::SampleSource& source) {
  io::Batch all;
  for (io::Batch batch; source.next(batch);) {
    io::validate(source.header(), batch);
    io::append(source.header(), batch, 0, batch.size, all);
  }
  return all;
}

io::Batch read(const Words& words, const data::KeywordOptions& options) {
  return read(*data::open_keywords({words.path()}, options));
}

// Power at frequency 0 of the first row: (sum of a Hann window of 64, 32, times the value)^2.
double level_of(const io::Batch& batch, std::size_t sample) {
  const double power = batch.dense.data<float>()[sample * 33 * 3];
  return std::sqrt(power) / 32 * 32768;
}

template <typename Work>
std::string refusal(const Work& work) {
  try {
    work();
    return "accepted";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("folders are words, in alphabetical order and lower case") {
  const Words words({"yes", "No"});
  words.add("beside.wav", 10, 1);
  words.add("yes/deeper/x.wav", 10, 1);
  words.add("_background_noise_/hum.wav", 10, 1);
  write_file(words.path() + "/yes/notes.txt", "no sound");
  const data::KeywordIndex index = index_of(words);
  CHECK(index.class_names == Names{"no", "yes"});
  CHECK(count_labels(index) == std::map<std::int32_t, int>{{0, 4}, {1, 4}});
  CHECK(std::ranges::count(ids_of(index), "yes/yes_2.wav") == 1);
}

TEST_CASE("the order is random, but equal for equal seeds") {
  const Words words({"a", "b", "c"}, 20);
  const Names ids = ids_of(index_of(words, {.seed = 1}));
  CHECK(ids_of(index_of(words, {.seed = 1})) == ids);
  Names other = ids_of(index_of(words, {.seed = 2}));
  CHECK(other != ids);
  Names sorted = ids;
  std::ranges::sort(sorted);
  CHECK(sorted != ids);
  std::ranges::sort(other);
  CHECK(other == sorted);
}

TEST_CASE("silence and unknown words come in proportion to the wanted ones") {
  const Words words({"yes", "no", "cat", "dog"}, 5);
  const data::KeywordIndexOptions options{
      .class_names = {"_silence_", "_unknown_", "yes", "no"}, .silence = 25, .unknown = 31};
  const data::KeywordIndex index = index_of(words, options);
  // ceil(10 * 0.25) and ceil(10 * 0.31).
  CHECK(count_labels(index) == std::map<std::int32_t, int>{{0, 3}, {1, 4}, {2, 5}, {3, 5}});
  const Names ids = ids_of(index);
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == ids.size());
  for (const auto& entry : index.entries) CHECK(entry.path.empty() == (entry.label == 0));
  const data::KeywordIndex most =
      index_of(words, {.class_names = {"_unknown_", "yes"}, .unknown = 1000});
  CHECK(count_labels(most) == std::map<std::int32_t, int>{{0, 15}, {1, 5}});
}

TEST_CASE("a name can hold the word") {
  const Words words({"all", "all/more"}, 0);
  for (const char* name : {"all/7_theo_0.wav", "all/more/3_anna_1.wav", "top_2.wav", "x.wav"}) {
    words.add(name, 10, 1);
  }
  const data::KeywordIndex index = index_of(words, {.label_from_name = "([0-9])_[a-z]+_"});
  CHECK(index.class_names == Names{"3", "7"});
  CHECK(index.entries.size() == 2);
  CHECK(ids_of(index_of(words, {.label_from_name = "([0-9])_", .only = "theo"})) ==
        Names{"all/7_theo_0.wav"});
  // The classes do not depend on the selection.
  CHECK(index_of(words, {.label_from_name = "([0-9])_", .except = "theo"}).class_names ==
        Names{"3", "7"});
}

TEST_CASE("sets do not change when recordings are added") {
  const Words words({"a", "b"}, 30);
  const auto sets_of = [&] {
    std::map<std::string, data::PartitionSet> sets;
    for (const auto set : {data::PartitionSet::kTraining, data::PartitionSet::kValidation,
                           data::PartitionSet::kTesting}) {
      for (const auto& id : ids_of(index_of(words, {.shares = {20, 30}, .set = set}))) {
        CHECK(sets.emplace(id, set).second);
      }
    }
    return sets;
  };
  const auto before = sets_of();
  CHECK(before.size() == 60);
  for (int i = 0; i < 30; ++i) words.add("a/later_" + std::to_string(i) + ".wav", 10, 1);
  auto after = sets_of();
  CHECK(after.size() == 90);
  for (const auto& [id, set] : before) CHECK(after[id] == set);
}

TEST_CASE("a list names recordings, words and their order") {
  const Words words({"x"}, 3);
  const std::string list = words.path() + "/list.tsv";
  write_file(list, "x/x_2.wav\tdog\n\nx/x_0.wav\tCat\r\n");
  const data::KeywordIndex index = data::index_keyword_list(list, {});
  CHECK(index.class_names == Names{"Cat", "dog"});
  CHECK(ids_of(index) == Names{"x/x_2.wav", "x/x_0.wav"});
  const auto batch = read(*data::open_keyword_list(list, small_clips()));
  CHECK(level_of(batch, 0) == Approx(3));
  CHECK(level_of(batch, 1) == Approx(1));
  write_file(list, "x/x_2.wav\tdog\nx/x_0.wav cat\n");
  CHECK(refusal([&] { static_cast<void>(data::index_keyword_list(list, {})); }) ==
        list + ": line 2: not of the form path<TAB>word");
}

TEST_CASE("what cannot be indexed is refused") {
  const Words words({"yes", "no"}, 1);
  const auto refused = [&](const data::KeywordIndexOptions& options) {
    return refusal([&] { static_cast<void>(index_of(words, options)); });
  };
  CHECK(refused({.class_names = {"_silence_", "maybe"}}) ==
        "no recordings of 'maybe', only of no, yes");
  CHECK(refused({.class_names = {"yes", "no", "yes"}}) == "class 'yes' is named twice");
  CHECK(refused({.only = "cat", .except = "dog"}) ==
        "none of 2 recordings is left by --only and --except");
  CHECK(refused({.except = "yes|no"}) == "none of 2 recordings is left by --except");
  CHECK(
      refused({.set = data::PartitionSet::kTesting}) ==
      "none of 2 recordings is in the set 'testing', with 0 % for validation and 0 % for testing");
  CHECK(refused({.class_names = {"one"}, .allow_missing = true}) ==
        "none of 2 recordings is of a word that is a class");
  CHECK(refused({.label_from_name = "([0-9])x"}) ==
        words.path() +
            ": --label-from-name '([0-9])x' matches none of 2 names, as 'yes/yes_0.wav'");
  CHECK_THAT(refused({.silence = 10}), Contains("10 % of '_silence_' needs such a class"));
  CHECK_THAT(refused({.label_from_name = "(["}), Contains("--label-from-name: '([' is no regular"));
  CHECK_THAT(refused({.label_from_name = "yes"}), Contains("has no group"));
  const Words none({"empty"}, 0);
  CHECK_THAT(refusal([&] { static_cast<void>(index_of(none)); }),
             Contains("no recordings found") && Contains("nothing is downloaded"));
}

TEST_CASE("samples are the features of clips, on any number of threads") {
  const Words words({"a", "b"}, 50);
  data::KeywordOptions options = small_clips();
  const io::Batch batch = read(words, options);
  REQUIRE(batch.size == 100);
  for (std::size_t i = 0; i < batch.size; ++i) {
    const std::string& id = batch.ids[i];
    CHECK(level_of(batch, i) == Approx(std::stoi(id.substr(id.find('_') + 1)) + 1));
    CHECK(batch.classes[i] == (id[0] == 'a' ? 0 : 1));
  }
  options.jobs = 1;
  CHECK(read(words, options) == batch);
}

TEST_CASE("training draws recordings, other sets go on from an offset") {
  const Words words({"a", "b"}, 10);
  data::KeywordOptions options = small_clips();
  const Names all = read(words, options).ids;
  options.count = 50;
  const Names drawn = read(words, options).ids;
  CHECK(drawn.size() == 50);
  CHECK(std::set<std::string>(drawn.begin(), drawn.end()).size() <= 20);

  options.index.set = data::PartitionSet::kTesting;
  options.index.shares.testing = 100;
  options.count = 5;
  options.offset = 3;
  CHECK(read(words, options).ids == Names(all.begin() + 3, all.begin() + 8));
  options.offset = 18;
  CHECK(read(words, options).ids == Names(all.begin() + 18, all.end()));
  options.offset = 20;
  CHECK(refusal([&] { static_cast<void>(read(words, options)); }) ==
        "offset 20 leaves none of 20 samples");
  options.index.set = data::PartitionSet::kTraining;
  options.index.shares.testing = 0;
  CHECK_THAT(refusal([&] { static_cast<void>(read(words, options)); }),
             Contains("an offset with a count is for validation and testing"));
}

TEST_CASE("copies differ by their shift in time") {
  const Words words({"a"}, 1);
  data::KeywordOptions options = small_clips();
  options.copies = 40;
  options.time_shift_ms = 10;
  const io::Batch batch = read(words, options);
  REQUIRE(batch.size == 40);
  CHECK(batch.ids[39] == "a/a_0.wav#39");
  std::set<double> levels;
  for (std::size_t i = 0; i < batch.size; ++i) levels.insert(level_of(batch, i));
  CHECK(levels.size() > 10);
  CHECK(*levels.begin() < 0.1);  // moved out of the first window
  CHECK(*levels.rbegin() == Approx(1));
}

TEST_CASE("noise goes into training samples and makes up silence") {
  const Words words({"a"}, 20);
  words.add("_background_noise_/hum.wav", 300, 10000);
  data::KeywordOptions options = small_clips();
  options.noise_frequency = 0.5;
  options.noise_volume = 0.1;
  options.index.class_names = {"_silence_", "a"};
  options.index.silence = 100;
  const io::Batch batch = read(words, options);
  REQUIRE(batch.size == 40);
  int noisy = 0;
  double loudest_silence = 0;
  for (std::size_t i = 0; i < batch.size; ++i) {
    const double level = level_of(batch, i);
    if (batch.classes[i] == 0) {
      loudest_silence = std::max(loudest_silence, level);
    } else {
      CHECK(level < 21 + 1000);
      if (level > 21) ++noisy;
    }
  }
  CHECK(noisy > 3);
  CHECK(noisy < 17);
  CHECK(loudest_silence > 5000);  // up to 10000

  options.index.set = data::PartitionSet::kTesting;
  options.index.shares.testing = 100;
  options.index.silence = 0;
  const io::Batch tested = read(words, options);
  for (std::size_t i = 0; i < tested.size; ++i) CHECK(level_of(tested, i) < 21);
}

TEST_CASE("noise has to be longer than a clip") {
  const Words words({"a"}, 1);
  words.add("_background_noise_/hum.wav", 100, 1);
  data::KeywordOptions options = small_clips();
  options.noise_frequency = 1;
  options.noise_volume = 1;
  CHECK_THAT(refusal([&] { static_cast<void>(data::open_keywords({words.path()}, options)); }),
             Contains("noise has 100 samples at rate 8000, not more than the 100 of a clip"));
  options.noise_folder = words.path() + "/none";
  CHECK_THAT(refusal([&] { static_cast<void>(data::open_keywords({words.path()}, options)); }),
             Contains("cannot read"));
}

TEST_CASE("noise needs a folder of noises, silence does not") {
  const Words words({"a"}, 2);
  data::KeywordOptions options = small_clips();
  options.noise_frequency = 1;
  options.noise_volume = 1;
  CHECK_THAT(refusal([&] { static_cast<void>(read(words, options)); }),
             Contains("no folder _background_noise_ in it to take noise from"));
  options.noise_frequency = 0;
  options.index.class_names = {"_silence_", "a"};
  options.index.silence = 100;
  CHECK(read(words, options).size == 4);
}

TEST_CASE("a single recording keeps the labels of more classes than it has") {
  const Words words({"no", "one"}, 2);
  data::KeywordOptions options = small_clips();
  options.index.class_names = {"zero", "one", "two"};
  options.copies = 3;
  const auto open = [&] { return data::open_keywords({words.path() + "/one/one_1.wav"}, options); };
  CHECK(refusal([&] { static_cast<void>(open()); }) == "no recordings of 'zero', only of one");
  options.index.allow_missing = true;
  const auto source = open();
  CHECK(source->header().class_names == options.index.class_names);
  const io::Batch batch = read(*source);
  CHECK(batch.classes == std::vector<std::int32_t>{1, 1, 1});
  CHECK(batch.ids == Names{"one_1.wav#0", "one_1.wav#1", "one_1.wav#2"});
}

TEST_CASE("a damaged recording is named") {
  const Words words({"a"}, 3);
  write_file(words.path() + "/a/a_1.wav", wav_bytes({1, 2, 3}, 8000).substr(0, 46));
  CHECK_THAT(refusal([&] { static_cast<void>(read(words, small_clips())); }),
             Contains("/a/a_1.wav: offset 46: file is truncated"));
}
