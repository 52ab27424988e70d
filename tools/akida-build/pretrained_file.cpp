#include "akida-build/pretrained_file.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "common/other_program.h"
#include "zoo/weights_store.h"

namespace akida::build {
namespace {

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The parts between colons that are not empty.
std::vector<std::string> split_path(const std::string& path) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    if (end > begin) parts.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::string cache_folder() {
  const std::string base = environment("XDG_CACHE_HOME");
  if (!base.empty()) return base + "/akida";
  return environment("HOME") + "/.cache/akida";
}

}  // namespace

std::string find_pretrained_file(const zoo::PretrainedModel& model) {
  return zoo::find_weights(model, {.folders = split_path(environment("AKIDA_ZOO_PATH")),
                                   .installed = {cli::beside_program("../testdata/zoo"),
                                                 cli::beside_program(AKIDA_ZOO_FOLDER)},
                                   .cache = cache_folder(),
                                   .mirror = environment("AKIDA_ZOO_MIRROR")});
}

}  // namespace akida::build
