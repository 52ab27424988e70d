#include "akida-data/feature_options.h"

#include <map>
#include <string>

#include "base/error.h"

namespace akida::data_tool {

void add_feature_options(cli::CommandLine& line, data::FeatureSettings& settings) {
  const std::string group = "Features";
  const auto number = [&](const char* name, auto& value, const char* unit, const char* what) {
    line.add_option(name, value, what).type_name(unit).show_default().group(group);
  };
  const std::map<std::string, data::FeatureKind> kinds = {
      {"mfcc", data::FeatureKind::kMfcc}, {"spectrogram", data::FeatureKind::kSpectrogram}};
  line.add_option_function(
          "--features", [&, kinds](const std::string& name) { settings.kind = kinds.at(name); },
          "mfcc (default), or spectrogram: the power of every frequency")
      .one_of({"mfcc", "spectrogram"})
      .type_name("KIND")
      .group(group);
  number("--rate", settings.rate, "HZ", "Samples a second that sounds are changed to");
  number("--clip", settings.clip_ms, "MS", "Length of a clip");
  number("--window", settings.window_ms, "MS", "Length of a window");
  number("--stride", settings.stride_ms, "MS", "From the start of a window to the next one's");
  number("--bins", settings.bins, "N", "Coefficients of a window");
  number("--mel-channels", settings.mel_channels, "N", "Mel triangles");
  number("--lower-frequency", settings.lower, "HZ", "Where the first triangle begins");
  number("--upper-frequency", settings.upper, "HZ", "Where the last triangle ends");
  number("--log-floor", settings.log_floor, "X", "Lower values become this before the logarithm");
}

void require_use(const data::FeatureSettings& settings) {
  if (settings.kind != data::FeatureKind::kSpectrogram) return;
  const data::FeatureSettings defaults;
  const auto require_default = [](const char* name, auto value, auto usual) {
    if (value != usual) fail(ErrorKind::kUsage, "{} has no effect on a spectrogram", name);
  };
  require_default("--bins", settings.bins, defaults.bins);
  require_default("--mel-channels", settings.mel_channels, defaults.mel_channels);
  require_default("--lower-frequency", settings.lower, defaults.lower);
  require_default("--upper-frequency", settings.upper, defaults.upper);
  require_default("--log-floor", settings.log_floor, defaults.log_floor);
}

}  // namespace akida::data_tool
