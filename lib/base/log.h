// The library's only way to say something that is not an error: a callback.
//
// The default callback discards everything. The library never prints.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace akida {

enum class LogLevel { kDebug, kInfo, kWarning };

using LogCallback = std::function<void(LogLevel, std::string_view message)>;

// Replaces the process-wide callback; call it before starting threads. Messages may come from
// several threads at once: the callback has to bear that.
void set_log_callback(LogCallback callback);

void log_message(LogLevel level, std::string_view message);

template <typename... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  log_message(LogLevel::kWarning, fmt::format(format, std::forward<Args>(args)...));
}

template <typename... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  log_message(LogLevel::kInfo, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace akida
