// Where the files of trained models are looked for.
//
// A folder holds model files under the names of zoo/pretrained.h. A mirror is a folder at a URL
// that also holds SHA256SUMS, lines "HASH  NAME" as sha256sum writes them. What comes from a
// mirror is placed in the cache, whole and with the right hash, or not at all.
#pragma once

#include <string>
#include <vector>

#include "zoo/pretrained.h"

namespace akida::zoo {

struct WeightsStore {
  std::vector<std::string> folders;    // searched first, in this order; their files are trusted
  std::vector<std::string> installed;  // then these, for the files that the suite ships
  std::string cache;                   // folder; made where a mirror fills it
  std::string mirror;                  // URL of a folder; empty: nothing is downloaded
};

// The path of the model's file. Throws kUnsupported, saying where it was looked for, why it may be
// missing and what to do, where there is none; kFormat where a file of another place than `folders`
// has another hash than the entry says or, for entries without one, the mirror's list; kIo as
// download does and where the cache cannot be written.
[[nodiscard]] std::string find_weights(const PretrainedModel& model, const WeightsStore& store);

}  // namespace akida::zoo
