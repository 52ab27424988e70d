// What a model file says about a model besides its layers; the same for CNN and SNN.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace akida {

// One step of a model's making: which tool, with which options that changed the content.
// No clock, no paths, no thread counts, so equal commands give byte-equal files.
struct HistoryEntry {
  std::string tool;        // "akida-build"
  std::string version;     // "0.1.0"
  std::string subcommand;  // "new"; empty where the tool has none
  std::string options;     // "--seed 7 arch.yaml"; input names without directories

  bool operator==(const HistoryEntry&) const = default;
};

struct ModelInfo {
  std::string name;
  std::string producer;  // tool and version that wrote the file, "akida-build 0.1.0"
  std::vector<HistoryEntry> history;
  std::map<std::string, std::string> metadata;  // free key-value pairs

  // The samples the model expects: x_float = (u - scaling_b) / scaling_a for a sample value u.
  double scaling_a = 1.0;  // > 0
  double scaling_b = 0.0;
  std::vector<std::string> class_names;  // empty or one per class
  std::vector<float> anchors;            // detection: (width, height) pairs in grid cells

  bool operator==(const ModelInfo&) const = default;
};

}  // namespace akida
