#include "zoo/download.h"

#include <curl/curl.h>

#include <array>
#include <cstddef>
#include <exception>
#include <memory>
#include <span>

#include "base/error.h"

namespace akida::zoo {
namespace {

constexpr long kMaxRedirections = 5;
constexpr long kConnectSeconds = 30;
constexpr long kStallSeconds = 60;

struct Transfer {
  io::ByteSink& sink;
  std::uint64_t limit;
  std::uint64_t received = 0;
  bool is_too_long = false;
  std::exception_ptr failure;  // of the sink: exceptions must not pass through libcurl
};

// Takes the next bytes; another number than theirs ends the transfer.
std::size_t take(char* bytes, std::size_t, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.received += count;
  if (transfer.received > transfer.limit) {
    transfer.is_too_long = true;
    return 0;
  }
  try {
    transfer.sink.write(std::as_bytes(std::span(bytes, count)));
  } catch (...) {
    transfer.failure = std::current_exception();
    return 0;
  }
  return count;
}

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

Handle open_handle() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  Handle handle(started == CURLE_OK ? curl_easy_init() : nullptr, &curl_easy_cleanup);
  if (!handle) fail(ErrorKind::kIo, "libcurl does not start");
  return handle;
}

void restrict_protocols(CURL* curl) {
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,file");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS | CURLPROTO_FILE);
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
}

}  // namespace

void download(const std::string& url, std::uint64_t limit, io::ByteSink& sink) {
  const Handle handle = open_handle();
  CURL* const curl = handle.get();
  Transfer transfer{.sink = sink, .limit = limit};
  std::array<char, CURL_ERROR_SIZE> reason{};
  restrict_protocols(curl);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, kMaxRedirections);
  curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kStallSeconds);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "akida-tools/" AKIDA_VERSION);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason.data());
  const CURLcode result = curl_easy_perform(curl);
  if (transfer.failure) std::rethrow_exception(transfer.failure);
  if (transfer.is_too_long) {
    fail(ErrorKind::kFormat, "{}: more than {} bytes", url, limit);
  }
  if (result != CURLE_OK) {
    fail(ErrorKind::kIo, "{}: {}", url,
         reason[0] != '\0' ? reason.data() : curl_easy_strerror(result));
  }
}

}  // namespace akida::zoo
