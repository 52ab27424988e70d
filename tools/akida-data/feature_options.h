// Options of the features of sounds, for the verbs that make them.
#pragma once

#include "common/command_line.h"
#include "data/sounds/speech_features.h"

namespace akida::data_tool {

// --features, --rate, --clip, --window, --stride, --bins, --mel-channels, --lower-frequency,
// --upper-frequency and --log-floor.
void add_feature_options(cli::CommandLine& line, data::FeatureSettings& settings);

// Refuses (kUsage) settings of MFCC beside a spectrogram, which has no use for them.
void require_use(const data::FeatureSettings& settings);

}  // namespace akida::data_tool
