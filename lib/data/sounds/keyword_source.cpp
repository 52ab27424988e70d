#include "data/sounds/keyword_source.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/checked.h"
#include "base/error.h"
#include "base/log.h"
#include "base/parallel.h"
#include "base/random.h"
#include "data/sample_id.h"
#include "data/sounds/archived_recordings.h"
#include "data/sounds/noise_sounds.h"
#include "data/sounds/resampler.h"
#include "io/batch.h"

namespace akida::data {
namespace {

namespace fs = std::filesystem;

// Streams of random numbers of one seed; keyword_index.cpp has 1 and 2.
enum Purpose : std::uint32_t { kDraw = 3, kSample = 4 };

void require_share(const char* what, double value) {
  if (!(value >= 0 && value <= 1)) {
    fail(ErrorKind::kUsage, "{} {} is outside 0..1", what, value);
  }
}

// The entries to take, by their place in the index; out of an archive in its order.
std::vector<std::uint32_t> choose(std::size_t entries, bool is_archived,
                                  const KeywordOptions& options) {
  const auto size = checked_cast<std::uint32_t>(entries, "recordings");
  std::vector<std::uint32_t> chosen;
  if (options.count && options.index.set == PartitionSet::kTraining) {
    Random random(options.index.seed, kDraw);
    for (std::size_t i = 0; size > 0 && i < *options.count; ++i) {
      chosen.push_back(random.below(size));
    }
    if (is_archived) std::ranges::sort(chosen);
    return chosen;
  }
  if (options.offset > 0 && options.offset >= entries) {
    fail(ErrorKind::kInvalid, "offset {} leaves none of {} samples", options.offset, entries);
  }
  const std::size_t count = std::min(options.count.value_or(entries), entries - options.offset);
  for (std::size_t i = 0; i < count; ++i) {
    chosen.push_back(static_cast<std::uint32_t>(options.offset + i));
  }
  return chosen;
}

void validate(const KeywordOptions& options) {
  require_share("frequency of noise", options.noise_frequency);
  require_share("volume of noise", options.noise_volume);
  if (options.copies < 1 || options.copies > 65536) {
    fail(ErrorKind::kUsage, "{} samples of a recording are outside 1..65536", options.copies);
  }
  if (!(options.time_shift_ms >= 0 && options.time_shift_ms <= options.features.clip_ms)) {
    fail(ErrorKind::kUsage, "time shift of {} ms is outside 0..{}, the length of a clip",
         options.time_shift_ms, options.features.clip_ms);
  }
  if (options.count && options.offset > 0 && options.index.set == PartitionSet::kTraining) {
    fail(ErrorKind::kUsage,
         "an offset with a count is for validation and testing: from the training set recordings "
         "are drawn at random");
  }
}

bool mixes_noise(const KeywordOptions& options) {
  return options.index.set == PartitionSet::kTraining && options.noise_frequency > 0 &&
         options.noise_volume > 0;
}

// The noises of the folder that is named, or of kNoiseFolder in one of `paths`, folders or
// archives; none where none is, which noise in recordings (not silence) does not allow.
std::optional<NoiseSounds> find_noises(const std::vector<std::string>& paths,
                                       const KeywordOptions& options) {
  const bool needs_noise = mixes_noise(options) || options.index.silence > 0;
  if (!needs_noise) return std::nullopt;
  const std::uint32_t rate = options.features.rate;
  const std::size_t samples = options.features.clip_samples();
  if (!options.noise_folder.empty()) {
    return NoiseSounds::of_folder(options.noise_folder, rate, samples);
  }
  for (const std::string& path : paths) {
    std::error_code unknown;
    const fs::path folder = fs::path(path) / kNoiseFolder;
    if (fs::is_directory(folder, unknown)) {
      return NoiseSounds::of_folder(folder.string(), rate, samples);
    }
    if (is_archive_file(path)) {
      auto noises = NoiseSounds::of_archive(path, kNoiseFolder, rate, samples);
      if (noises) return noises;
    }
  }
  if (mixes_noise(options)) {
    fail(ErrorKind::kInvalid, "{}: no folder {} in it to take noise from; name one",
         name_of_files(paths), kNoiseFolder);
  }
  log_info("no folder {}: silence is zeros", kNoiseFolder);
  return std::nullopt;
}

class KeywordSource final : public SampleSource {
 public:
  // `paths`: where a folder of noises may be.
  KeywordSource(std::string name, KeywordIndex index, const std::vector<std::string>& paths,
                const KeywordOptions& options)
      : name_(std::move(name)), options_(options), entries_(std::move(index.entries)) {
    header_.dtype = DType::kF32;
    header_.shape = options.features.shape();
    header_.labels = io::LabelKind::kClass;
    header_.class_names = std::move(index.class_names);
    io::validate(header_);
    const bool is_archived = std::ranges::any_of(
        entries_, [](const KeywordEntry& entry) { return entry.archived.has_value(); });
    chosen_ = choose(entries_.size(), is_archived, options);
    samples_ = checked_cast<std::uint32_t>(checked_mul(chosen_.size(), options.copies, "samples"),
                                           "samples");
    noises_ = find_noises(paths, options);
    const int jobs = options.jobs == 0 ? default_jobs() : options.jobs;
    for (int i = 0; i < jobs; ++i) workers_.push_back(std::make_unique<Worker>(options.features));
  }

  [[nodiscard]] std::string name() const override { return name_; }

  bool next(io::Batch& batch) override {
    const auto features = static_cast<std::size_t>(header_.shape.size());
    batch = {};
    batch.size = std::min<std::size_t>(
        samples_ - done_, std::max<std::size_t>(kBatchBytes / (features * sizeof(float)), 1));
    if (batch.size == 0) return false;
    batch.dense = Dense(DType::kF32, {static_cast<std::int64_t>(batch.size), header_.shape.height,
                                      header_.shape.width, header_.shape.channels});
    for (std::size_t i = 0; i < batch.size; ++i) {
      batch.ids.push_back(id_of(done_ + i));
      batch.classes.push_back(entry_of(done_ + i).label);
    }
    const std::span<float> out = batch.dense.data<float>();
    std::vector<Run> runs = runs_of(done_, batch.size);
    for (Run& run : runs) read_archived(run);
    parallel_for(runs.size(), static_cast<int>(workers_.size()), [&](std::size_t r, int w) {
      Worker& worker = *workers_[static_cast<std::size_t>(w)];
      const std::vector<float> recording = read_recording(runs[r], worker);
      std::vector<double> values(features);
      for (std::size_t i = 0; i < runs[r].count; ++i) {
        const std::size_t sample = runs[r].first + i;
        worker.extractor.compute(changed(recording, sample), values);
        std::ranges::transform(values, out.subspan((sample - done_) * features).begin(),
                               [](double value) { return static_cast<float>(value); });
      }
    });
    done_ += batch.size;
    return true;
  }

 private:
  // What a thread needs.
  struct Worker {
    explicit Worker(const FeatureSettings& features)
        : resampler(features.rate), extractor(features) {}
    Resampler resampler;
    FeatureExtractor extractor;
  };

  // Samples of one recording, which is read once for all of them.
  struct Run {
    std::size_t first = 0;
    std::size_t count = 0;
    std::string name = {};              // what messages call an archived recording
    std::vector<std::byte> bytes = {};  // its content
  };

  // Not longer than kMaxRun, so that several threads share a batch of copies of one recording.
  [[nodiscard]] std::vector<Run> runs_of(std::size_t first, std::size_t count) const {
    constexpr std::size_t kMaxRun = 32;
    std::vector<Run> runs;
    for (const std::size_t end = first + count; first < end;) {
      const std::size_t rest = options_.copies - first % options_.copies;
      runs.push_back({.first = first, .count = std::min({rest, end - first, kMaxRun})});
      first += runs.back().count;
    }
    return runs;
  }

  [[nodiscard]] bool is_training() const { return options_.index.set == PartitionSet::kTraining; }

  [[nodiscard]] const KeywordEntry& entry_of(std::size_t sample) const {
    return entries_[chosen_[sample / options_.copies]];
  }

  [[nodiscard]] std::string id_of(std::size_t sample) const {
    const std::string& id = entry_of(sample).id;
    return options_.copies == 1 ? id : fmt::format("{}#{}", id, sample % options_.copies);
  }

  void read_archived(Run& run) {
    const KeywordEntry& entry = entry_of(run.first);
    if (!entry.archived) return;
    run.bytes = archives_.read(entry.path, *entry.archived);
    run.name = archives_.name();
  }

  [[nodiscard]] std::vector<float> read_recording(const Run& run, Worker& worker) const {
    const KeywordEntry& entry = entry_of(run.first);
    const std::size_t size = options_.features.clip_samples();
    if (entry.path.empty()) return std::vector<float>(size);
    if (entry.archived) {
      return in_context(run.name, [&] { return decode_clip(run.bytes, worker.resampler, size); });
    }
    return read_clip(*io::open_source(entry.path), worker.resampler, size);
  }

  // The clip with the shift and the noise of a sample.
  [[nodiscard]] std::vector<float> changed(std::vector<float> clip, std::size_t sample) const {
    Random random(options_.index.seed, kSample, static_cast<std::uint32_t>(sample));
    shift(clip, random);
    if (noises_) mix_noise(clip, entry_of(sample).path.empty(), random);
    return clip;
  }

  // By -limit up to, not including, limit samples; later ones for a number above 0.
  void shift(std::vector<float>& clip, Random& random) const {
    const auto limit =
        static_cast<std::uint32_t>(options_.time_shift_ms * options_.features.rate / 1000);
    if (limit == 0) return;
    const std::int64_t by = std::int64_t{random.below(2 * limit)} - limit;
    const auto distance = static_cast<std::ptrdiff_t>(
        std::min<std::int64_t>(std::abs(by), static_cast<std::int64_t>(clip.size())));
    if (by > 0) {
      std::shift_right(clip.begin(), clip.end(), distance);
      std::fill_n(clip.begin(), distance, 0.0F);
    } else {
      std::shift_left(clip.begin(), clip.end(), distance);
      std::fill_n(clip.rbegin(), distance, 0.0F);
    }
  }

  void mix_noise(std::vector<float>& clip, bool silence, Random& random) const {
    const std::span<const float> noise = noises_->piece(clip.size(), random);
    double volume = 0;
    if (silence) {
      volume = random.uniform();
    } else if (is_training() && random.uniform() < options_.noise_frequency) {
      volume = random.uniform() * options_.noise_volume;
    }
    for (std::size_t i = 0; i < clip.size(); ++i) {
      clip[i] = static_cast<float>(std::clamp(clip[i] + noise[i] * volume, -1.0, 1.0));
    }
  }

  std::string name_;
  KeywordOptions options_;
  std::vector<KeywordEntry> entries_;
  std::vector<std::uint32_t> chosen_;  // indices of entries_
  std::uint32_t samples_ = 0;          // in all
  std::optional<NoiseSounds> noises_;
  std::vector<std::unique_ptr<Worker>> workers_;  // one per thread
  ArchivedRecordings archives_;
  std::size_t done_ = 0;  // samples handed out
};

}  // namespace

std::unique_ptr<SampleSource> open_keywords(const std::vector<std::string>& paths,
                                            const KeywordOptions& options) {
  validate(options);
  return std::make_unique<KeywordSource>(name_of_files(paths), index_keywords(paths, options.index),
                                         paths, options);
}

std::unique_ptr<SampleSource> open_keyword_list(const std::string& list,
                                                const KeywordOptions& options) {
  validate(options);
  return std::make_unique<KeywordSource>(name_of_files({list}),
                                         index_keyword_list(list, options.index),
                                         std::vector<std::string>(), options);
}

}  // namespace akida::data
