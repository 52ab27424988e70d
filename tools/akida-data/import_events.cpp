// akida-data import events SRC... - lists of events.
#include <charconv>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "akida-data/import_options.h"
#include "akida-data/import_verbs.h"
#include "base/error.h"
#include "common/shared_options.h"
#include "data/event_csv.h"

namespace akida::data_tool {
namespace {

struct EventsOptions {
  ImportOptions common;
  std::vector<std::string> paths;
  std::string shape;  // W,H[,C]
  data::EventCsvOptions events;
};

// Width, height and, unless they are 2, channels. One text: as a list the option would also take
// the paths behind it.
Shape parse_shape(const std::string& text) {
  std::vector<std::int32_t> sides;
  std::istringstream rest(text);
  for (std::string side; std::getline(rest, side, ',');) {
    std::int32_t value = 0;
    const char* const end = side.data() + side.size();
    const auto [parsed, error] = std::from_chars(side.data(), end, value);
    if (error != std::errc() || parsed != end || value < 1 || value > 65536) {
      fail(ErrorKind::kUsage, "--shape '{}': '{}' is no number of 1..65536", text, side);
    }
    sides.push_back(value);
  }
  if (sides.size() < 2 || sides.size() > 3 || text.back() == ',') {
    fail(ErrorKind::kUsage, "--shape '{}' is not of the form W,H or W,H,C", text);
  }
  return {.width = sides[0], .height = sides[1], .channels = sides.size() == 3 ? sides[2] : 2};
}

}  // namespace

cli::Command import_events_verb() {
  const auto options = std::make_shared<EventsOptions>();
  return {.name = "events",
          .purpose = "Import lists of events: lines of x,y,polarity[,time].",
          .examples =
              "akida-data import events --shape 32,32 gesture.csv -o gesture.aks\n"
              "akida-data import events --shape 128,128 --packetize 500 - <dvs.csv >dvs.aks\n",
          .add_options =
              [options](CLI::App& app) {
                cli::add_inputs(app, options->paths, "SRC");
                app.add_option("--shape", options->shape,
                               "Width, height and channels (default 2) of the samples; without it "
                               "the files are read twice")
                    ->type_name("W,H[,C]");
                app.add_option("--packetize", options->events.packet_size,
                               "Make a sample of every N events")
                    ->type_name("N")
                    ->check(CLI::Range(std::size_t{1}, data::kMaxSampleEvents));
                auto* raw = app.add_flag("--raw", options->events.raw,
                                         "Keep times, order and duplicates of events");
                app.add_flag("--count", options->events.count,
                             "Sum duplicate events of a sample instead of dropping them")
                    ->excludes(raw);
                add_label(app, options->events.label);
                add_import_options(app, options->common);
              },
          .run =
              [options] {
                cli::require_one_standard_input(options->paths);
                if (!options->shape.empty()) options->events.shape = parse_shape(options->shape);
                options->events.class_names = class_names_of(options->common);
                const auto source = data::open_event_csv(options->paths, options->events);
                return write_stream(options->common, *source);
              }};
}

}  // namespace akida::data_tool
