// Samples from recordings of spoken words: features, with noise and shifts in time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/sample_source.h"
#include "data/sounds/keyword_index.h"
#include "data/sounds/speech_features.h"

namespace akida::data {

struct KeywordOptions {
  KeywordIndexOptions index;
  FeatureSettings features;

  std::size_t offset = 0;            // recordings of the set to pass over
  std::optional<std::size_t> count;  // recordings to take; none: all that remain

  std::size_t copies = 1;  // samples of each recording, changed at random each
  // Of noises; empty: kNoiseFolder in the first path, folder or archive, that has it.
  std::string noise_folder;
  double noise_frequency = 0;  // share of samples that get noise, 0..1
  double noise_volume = 0;     // noise is multiplied by up to this, 0..1
  double time_shift_ms = 0;    // recordings move by up to this, either way

  int jobs = 0;  // threads, 0 = default_jobs(); the samples do not depend on it
};

// Dense f32 samples of the shape of the features. A clip is the beginning of a recording, at the
// rate of the features; zeros stand behind a shorter one and where a clip moved away. Noise is a
// random piece of the sounds in the noise folder, added with a volume of U(0, noise_volume), then
// -1..1 is the limit. A sample of silence is noise alone, with a volume of U(0, 1), or zeros where
// there are no noises; noise in other samples needs a folder of noises (kInvalid).
//
// As the documented AudioProcessor: in the training set `count` recordings are drawn with
// replacement (there an offset beside it is refused), in the others they are the first ones from
// `offset`, which has to leave some; noise is mixed into the
// training set only; time shifts go into every set. All chance comes from the seed of the index.
//
// Ids are those of the index, with "#0", "#1" ... where there are several copies. Throws kUsage
// for options out of range, kInvalid for noises that are no longer than a clip, else as the index
// and the reading of sounds do.
[[nodiscard]] std::unique_ptr<SampleSource> open_keywords(const std::vector<std::string>& paths,
                                                          const KeywordOptions& options);

// The same for the recordings of a list (index_keyword_list).
[[nodiscard]] std::unique_ptr<SampleSource> open_keyword_list(const std::string& list,
                                                              const KeywordOptions& options);

}  // namespace akida::data
