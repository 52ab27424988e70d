// akida-data list - what can be imported.
#include <array>
#include <memory>
#include <string_view>

#include "akida-data/verbs.h"
#include "common/report.h"
#include "common/shared_options.h"
#include "common/text_table.h"

namespace akida::data_tool {
namespace {

struct SourceRow {
  std::string_view verb;      // of akida-data import
  std::string_view source;    // format or data set
  std::string_view needs;     // files, and options without which it does not go
  std::string_view produces;  // samples
};

// One line per source, by verb.
constexpr std::array kSources = {
    SourceRow{"cifar10", "CIFAR-10", "binary batches, their folder or archive", "images, classes"},
    SourceRow{"cifar100", "CIFAR-100", "binary files, their folder or archive", "images, classes"},
    SourceRow{"clouds", "ModelNet40_<N>pts.npz", ".npz of clouds; --set", "point clouds, classes"},
    SourceRow{"events", "AEDAT 2.0", "file or pipe; --sensor where no header names it", "events"},
    SourceRow{"events", "AEDAT 3.1", "file or pipe; --shape where the sensor is unknown", "events"},
    SourceRow{"events", "AEDAT 4.0", "file or pipe", "events"},
    SourceRow{"events", "Prophesee RAW, EVT 2.0", "file or pipe; --shape for a pipe", "events"},
    SourceRow{"events", "Prophesee RAW, EVT 2.1", "file or pipe; --shape for a pipe", "events"},
    SourceRow{"events", "Prophesee RAW, EVT 3.0", "file or pipe; --shape for a pipe", "events"},
    SourceRow{"events", "Prophesee DAT", "file or pipe; --shape for a pipe", "events"},
    SourceRow{"events", "N-MNIST, N-Caltech101", ".bin files, or --format nmnist", "events"},
    SourceRow{"events", "Event Stream", ".es file or pipe, DVS or ATIS events", "events"},
    SourceRow{"events", "NumPy structures", ".npy array with fields t, x, y, p", "events"},
    SourceRow{"events", "text", "lines of x,y,polarity[,time], or with named columns", "events"},
    SourceRow{"events", "sample stream", ".aks of events or raw events", "events"},
    SourceRow{"idx", "IDX (MNIST)", "images, and labels beside them; .gz too", "images, classes"},
    SourceRow{"imagenet", "ImageNet", "TFRecord files or their folder", "images, classes"},
    SourceRow{"images", "PNG, JPEG, PNM", "files, folders, archives; --size unless all have one",
              "images, classes"},
    SourceRow{"kws", "WAV, FLAC, Ogg", "folders or archives of words, files and --label-from-name",
              "features, classes"},
    SourceRow{"meshes", "OFF, OBJ, PLY", "files or folders", "point clouds, classes"},
    SourceRow{"modelnet", "ModelNet40", "folder or archive of OFF files; --set",
              "point clouds, classes"},
    SourceRow{"npy", "NumPy arrays", ".npy of samples, and of labels",
              "arrays, classes or targets"},
    SourceRow{"utkface", "UTKFace", "files, folders, archives named AGE_...", "images, ages"},
    SourceRow{"voc", "PASCAL VOC", "XML files and images, folders or archives; --size",
              "images, boxes"},
    SourceRow{"widerface", "WIDER FACE", "text of annotations, images; --size", "images, boxes"},
};

int run(bool as_json) {
  if (!as_json) {
    cli::TextTable table("", {"Import", "Source", "Needs", "Produces"});
    for (const SourceRow& row : kSources) {
      table.add_row({std::string(row.verb), std::string(row.source), std::string(row.needs),
                     std::string(row.produces)});
    }
    cli::print(table.text());
    return cli::kOk;
  }
  nlohmann::ordered_json report = cli::make_report("sources");
  report["sources"] = nlohmann::ordered_json::array();
  for (const SourceRow& row : kSources) {
    report["sources"].push_back({{"import", row.verb},
                                 {"source", row.source},
                                 {"needs", row.needs},
                                 {"produces", row.produces}});
  }
  cli::print_report(report);
  return cli::kOk;
}

}  // namespace

cli::Command list_verb() {
  const auto json = std::make_shared<bool>(false);
  return {.name = "list",
          .purpose = "List what can be imported, what it needs and what it becomes.",
          .examples = "akida-data list\n",
          .add_options = [json](cli::CommandLine& line) { cli::add_json(line, *json); },
          .run = [json] { return run(*json); }};
}

}  // namespace akida::data_tool
