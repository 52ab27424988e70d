// akida-data import events SRC... and akida-data events [SRC...] - recordings of event cameras, and
// raw events from a pipe: filtered, cut into samples.
#include <charconv>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "akida-data/import_options.h"
#include "akida-data/import_verbs.h"
#include "akida-data/verbs.h"
#include "base/error.h"
#include "common/number_list.h"
#include "common/shared_options.h"
#include "data/events/event_samples.h"

namespace akida::data_tool {
namespace {

struct EventsOptions {
  ImportOptions common;
  std::vector<std::string> paths;
  std::string format, sensor, shape, region, time, polarity;  // as given
  bool raw = false;
  bool frames = false;
  data::EventOptions events;
};

using data::PolarityFilter;

PolarityFilter parse_polarity(const std::string& text) {
  if (text == "on") return PolarityFilter::kOn;
  if (text == "off") return PolarityFilter::kOff;
  return text == "merge" ? PolarityFilter::kMerge : PolarityFilter::kBoth;
}

// Width, height and, unless they are 2, channels.
Shape parse_shape(const std::string& text) {
  const auto sides =
      cli::parse_integers("--shape", text, {.form = "W,H or W,H,C", .fewest = 2, .most = 3});
  return {.width = sides[0], .height = sides[1], .channels = sides.size() == 3 ? sides[2] : 2};
}

data::EventRegion parse_region(const std::string& text) {
  const auto numbers =
      cli::parse_integers("--region", text, {.form = "X,Y,W,H", .fewest = 4, .most = 4, .low = 0});
  if (numbers[2] == 0 || numbers[3] == 0) {
    fail(ErrorKind::kUsage, "--region '{}' has no pixel", text);
  }
  return {.x = numbers[0], .y = numbers[1], .width = numbers[2], .height = numbers[3]};
}

// "A:B" with 0 <= A < B; a missing A is 0, a missing B the largest number.
std::pair<std::int64_t, std::int64_t> parse_time_range(const std::string& option,
                                                       const std::string& text) {
  const auto parse = [](std::string_view part, std::int64_t& value) {
    const char* const end = part.data() + part.size();
    const auto [stop, error] = std::from_chars(part.data(), end, value);
    return part.empty() || (error == std::errc() && stop == end);
  };
  std::int64_t from = 0;
  std::int64_t to = std::numeric_limits<std::int64_t>::max();
  const std::size_t colon = text.find(':');
  const std::string_view all = text;
  const bool parsed = colon != std::string::npos && parse(all.substr(0, colon), from) &&
                      parse(all.substr(colon + 1), to);
  if (!parsed || from < 0 || to <= from) {
    fail(ErrorKind::kUsage, "{} '{}' is not of the form A:B with 0 <= A < B", option, text);
  }
  return {from, to};
}

data::EventOptions make_options(const EventsOptions& options) {
  data::EventOptions events = options.events;
  if (!options.format.empty()) events.format = data::event_format_of(options.format);
  if (!options.sensor.empty()) events.sensor = data::find_sensor(options.sensor);
  if (!options.shape.empty()) events.shape = parse_shape(options.shape);
  if (!options.region.empty()) events.filters.region = parse_region(options.region);
  if (!options.time.empty()) {
    std::tie(events.filters.from, events.filters.to) = parse_time_range("--time", options.time);
  }
  events.filters.polarity = parse_polarity(options.polarity);
  events.output = options.raw      ? data::EventOutput::kRaw
                  : options.frames ? data::EventOutput::kFrames
                                   : data::EventOutput::kSparse;
  events.live = options.common.flush;
  events.class_names = class_names_of(options.common);
  return events;
}

int run(const EventsOptions& options) {
  cli::require_one_standard_input(options.paths);
  const auto source = data::open_events(options.paths, make_options(options));
  return write_stream(options.common, *source);
}

void add_source_options(cli::CommandLine& line, EventsOptions& options) {
  line.add_option("--format", options.format, "Format of the sources; default: by their content")
      .one_of(data::event_format_names())
      .type_name("NAME");
  line.add_option("--sensor", options.sensor, "AEDAT 2.0: the sensor whose addresses these are")
      .one_of(data::sensor_names())
      .type_name("NAME");
  line.add_option(
          "--shape", options.shape,
          "Width, height and channels (default 2) of the sensor; without it and where files "
          "do not say it they are read twice")
      .type_name("W,H[,C]");
  line.add_flag("--join", options.events.join,
                "The samples of a source are consecutive parts of one recording");
}

void add_filter_options(cli::CommandLine& line, EventsOptions& options) {
  data::EventFilterOptions& filters = options.events.filters;
  const auto microseconds = [&line](const char* name, std::int64_t& value, const char* help) {
    line.add_option(name, value, help)
        .range(std::int64_t{1}, std::numeric_limits<std::int64_t>::max())
        .type_name("US");
  };
  line.add_option("--time", options.time, "Keep events from A to before B us after the first one")
      .type_name("A:B");
  line.add_option("--region", options.region, "Keep events of W x H pixels from X,Y on")
      .type_name("X,Y,W,H");
  line.add_option("--polarity", options.polarity,
                  "Keep only events that are 'on' or 'off', or 'merge' both on one channel")
      .one_of({"on", "off", "merge"})
      .type_name("WHICH");
  microseconds("--background", filters.background,
               "Drop events without another one on the 8 pixels around within US");
  line.add_option("--downscale", filters.downscale, "Divide coordinates by N")
      .range(1, 65536)
      .type_name("N");
  microseconds("--refractory", filters.refractory,
               "Drop events less than US after the last one kept at their pixel");
}

void add_sample_options(cli::CommandLine& line, EventsOptions& options) {
  cli::Option packets =
      line.add_option("--packetize", options.events.packet_size, "Make a sample of every N events")
          .type_name("N")
          .range(std::size_t{1}, data::kMaxSampleEvents);
  line.add_option("--window", options.events.window, "Make a sample of every US microseconds")
      .type_name("US")
      .range(std::int64_t{1}, std::numeric_limits<std::int64_t>::max())
      .excludes(packets);
  cli::Option raw =
      line.add_flag("--raw", options.raw, "Keep times, order and duplicates of events");
  line.add_flag("--frames", options.frames, "Make dense samples of the events").excludes(raw);
  line.add_flag("--count", options.events.count,
                "Sum duplicate events of a sample instead of dropping them")
      .excludes(raw);
  cli::Option folder = line.add_flag("--class-from-folder", options.events.folder_is_class,
                                     "The folder of a recording names its class");
  add_label(line, options.events.label);
  line.option("--label").excludes(folder);
  line.add_flag("--flush", options.common.flush, "Hand on every sample as soon as it is complete");
}

cli::Command events_command(const std::string& name, const std::string& purpose,
                            const std::string& examples, const bool takes_pipe) {
  const auto options = std::make_shared<EventsOptions>();
  return {.name = name,
          .purpose = purpose,
          .examples = examples,
          .add_options =
              [options, takes_pipe](cli::CommandLine& line) {
                cli::Option sources = cli::add_inputs(line, options->paths, "SRC");
                if (takes_pipe) {
                  options->paths = {"-"};
                  sources.required(false).show_default();
                }
                add_source_options(line, *options);
                add_filter_options(line, *options);
                add_sample_options(line, *options);
                add_import_options(line, options->common);
              },
          .run = [options] { return run(*options); }};
}

}  // namespace

cli::Command import_events_verb() {
  return events_command(
      "events", "Import recordings of event cameras: AEDAT, RAW, DAT, .es, N-MNIST, .npy, text.",
      "akida-data import events --window 10000 recording.aedat4 -o packets.aks\n"
      "akida-data import events --raw --region 40,60,128,128 recording.raw -o cut.aks\n"
      "akida-data import events --shape 128,128 --packetize 500 - <dvs.csv >dvs.aks\n",
      false);
}

cli::Command events_verb() {
  return events_command(
      "events", "Filter recordings and raw events and cut them into samples, as they come.",
      "camera | akida-data events --flush --packetize 500 | akida-run predict --flush net.fbz -\n"
      "akida-data events --raw --background 5000 raw.aks | akida-data events --window 10000\n",
      true);
}

}  // namespace akida::data_tool
