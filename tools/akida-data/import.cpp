// akida-data import FORMAT SRC... - streams from files of other formats.
#include <charconv>
#include <memory>
#include <optional>
#include <sstream>

#include "akida-data/stream_output.h"
#include "akida-data/verbs.h"
#include "base/error.h"
#include "common/progress.h"
#include "common/shared_options.h"
#include "data/event_csv.h"
#include "data/gzip.h"
#include "data/idx.h"
#include "data/image_files.h"
#include "data/lines.h"
#include "data/npy_arrays.h"
#include "io/batch.h"

namespace akida::data_tool {
namespace {

// What all formats share.
struct ImportOptions {
  StreamOutputOptions output;
  std::string class_names;  // path, empty: none
  std::optional<bool> progress;
};

void add_import_options(CLI::App& app, ImportOptions& options) {
  app.add_option("--class-names", options.class_names,
                 "File with the name of one class per line, from class 0");
  add_stream_output(app, options.output);
  cli::add_progress(app, options.progress);
}

void add_label(CLI::App& app, std::optional<std::int32_t>& label) {
  app.add_option("--label", label, "Class of all samples")->check(CLI::Range(0, 65535));
}

std::vector<std::string> class_names_of(const ImportOptions& options) {
  if (options.class_names.empty()) return {};
  return data::read_class_names(data::open_uncompressed(options.class_names));
}

int write_stream(const ImportOptions& options, data::SampleSource& source) {
  StreamOutput output(options.output, source.header());
  cli::Progress progress(options.progress, "samples");
  std::uint64_t samples = 0;
  for (io::Batch batch; source.next(batch);) {
    io::with_name_of(source, [&] { output.write(batch); });
    samples += batch.size;
    progress.update(samples, std::nullopt);
  }
  output.close();
  return cli::kOk;
}

// IMAGES [LABELS], both of which may be gzipped.
struct PairOptions {
  ImportOptions common;
  std::string samples;
  std::string labels;  // empty: none
};

using OpenPair = std::unique_ptr<data::SampleSource> (*)(std::unique_ptr<io::ByteSource> samples,
                                                         std::unique_ptr<io::ByteSource> labels,
                                                         std::vector<std::string> class_names);

cli::Command pair_verb(const std::string& name, const std::string& purpose,
                       const std::string& examples, OpenPair open) {
  const auto options = std::make_shared<PairOptions>();
  return {.name = name,
          .purpose = purpose,
          .examples = examples,
          .add_options =
              [options](CLI::App& app) {
                app.add_option("SAMPLES", options->samples, "Samples; '-' is standard input")
                    ->required();
                app.add_option("LABELS", options->labels, "Their labels");
                add_import_options(app, options->common);
              },
          .run =
              [options, open] {
                cli::require_one_standard_input({options->samples, options->labels});
                std::unique_ptr<io::ByteSource> labels;
                if (!options->labels.empty()) labels = data::open_uncompressed(options->labels);
                const auto source = open(data::open_uncompressed(options->samples),
                                         std::move(labels), class_names_of(options->common));
                return write_stream(options->common, *source);
              }};
}

struct ImagesOptions {
  ImportOptions common;
  std::vector<std::string> paths;
  data::ImageFilesOptions images;
  bool grey = false;
  bool rgb = false;
};

cli::Command images_verb() {
  const auto options = std::make_shared<ImagesOptions>();
  return {
      .name = "images",
      .purpose = "Import PNG, JPEG and PNM images of one size.",
      .examples =
          "akida-data import images --label 3 cat*.jpg -o cats.aks\n"
          "akida-data import images --class-from-folder photos -o photos.aks\n",
      .add_options =
          [options](CLI::App& app) {
            cli::add_inputs(app, options->paths, "SRC");
            auto* grey = app.add_flag("--grey", options->grey, "Make all images grey");
            app.add_flag("--rgb", options->rgb, "Give all images three channels")->excludes(grey);
            auto* folder = app.add_flag("--class-from-folder", options->images.folder_is_class,
                                        "The folder of an image names its class");
            add_label(app, options->images.label);
            app.get_option("--label")->excludes(folder);
            add_import_options(app, options->common);
          },
      .run =
          [options] {
            cli::require_one_standard_input(options->paths);
            options->images.channels = options->grey ? 1 : options->rgb ? 3 : 0;
            options->images.class_names = class_names_of(options->common);
            const auto source = data::open_images(options->paths, options->images);
            return write_stream(options->common, *source);
          }};
}

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

cli::Command events_verb() {
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

}  // namespace

cli::Command import_verb() {
  return {.name = "import",
          .purpose = "Make a stream from files of another format.",
          .verbs = {pair_verb("idx", "Import IDX images and labels (MNIST), gzipped or not.",
                              "akida-data import idx train-images-idx3-ubyte.gz "
                              "train-labels-idx1-ubyte.gz -o train.aks\n",
                              data::open_idx),
                    pair_verb("npy", "Import NumPy arrays of samples and labels.",
                              "akida-data import npy x.npy y.npy -o samples.aks\n", data::open_npy),
                    images_verb(), events_verb()}};
}

}  // namespace akida::data_tool
