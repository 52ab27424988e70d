// Trained models by another program: akida-build itself does not link libcurl, as loading it takes
// longer than a whole start.
#include "akida-build/pretrained_file.h"
#include "common/other_program.h"

namespace akida::build {

std::string find_pretrained_file(const zoo::PretrainedModel&) {
  cli::hand_over("akida-build-pretrained", "finds trained models");
}

}  // namespace akida::build
