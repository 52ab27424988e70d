// download() of builds without libcurl.
#include "base/error.h"
#include "zoo/download.h"

namespace akida::zoo {

void download(const std::string& url, std::uint64_t, io::ByteSink&) {
  fail(ErrorKind::kUnsupported, "{}: this build has no libcurl to download with", url);
}

}  // namespace akida::zoo
