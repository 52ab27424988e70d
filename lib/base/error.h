// The one exception type of the library.
//
// A message is lower case, without a full stop, and names place, value and limit:
// "offset 96: layer count 4294967295 exceeds limit 65536". Whoever opened a file adds its name
// with `in_context`; the tool adds its own name and the severity.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace akida {

// What went wrong, by what the caller can do about it. Tools map kUsage to exit status 2 and
// everything else to 1.
enum class ErrorKind {
  kUsage,        // a request that contradicts itself or names something that does not exist
  kInvalid,      // a value outside its documented range, in a model or in data
  kFormat,       // a file or stream that is damaged, truncated or of another format
  kIo,           // the operating system refused a read, a write, an open or a rename
  kUnsupported,  // well formed, but this build or this version cannot do it
};

class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}

  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }

  // The same error with "<context>: " in front, e.g. a file name or "layer 'conv_1'".
  [[nodiscard]] Error with_context(std::string_view context) const {
    return {kind_, fmt::format("{}: {}", context, what())};
  }

 private:
  ErrorKind kind_;
};

// What `work()` returns; an Error that it throws begins with "<context>: ".
template <typename Work>
decltype(auto) in_context(std::string_view context, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const Error& error) {
    throw error.with_context(context);
  }
}

// Throws Error(kind, fmt::format(format, args...)).
template <typename... Args>
[[noreturn]] void fail(ErrorKind kind, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(kind, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace akida
