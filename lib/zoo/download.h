// Files from URLs.
#pragma once

#include <cstdint>
#include <string>

#include "io/bytes.h"

namespace akida::zoo {

// Writes what is at `url` (http, https or file) to `sink`, which stays open. Redirections are
// followed, from the web to the web only. Throws kIo naming the URL and the reason where the server
// refuses, the connection breaks or stands still for a minute, kFormat for more than `limit`
// bytes, and what `sink` throws. Throws kUnsupported in a build without libcurl.
void download(const std::string& url, std::uint64_t limit, io::ByteSink& sink);

}  // namespace akida::zoo
