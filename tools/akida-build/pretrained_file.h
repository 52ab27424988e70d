// The file of a trained model.
#pragma once

#include <string>

#include "zoo/pretrained.h"

namespace akida::build {

// Its path, from the folders, the cache and the mirror that the environment names; throws as
// zoo::find_weights. In akida-build itself it does not return but hands over to
// akida-build-pretrained, which links libcurl.
[[nodiscard]] std::string find_pretrained_file(const zoo::PretrainedModel& model);

}  // namespace akida::build
