#include "base/log.h"

namespace akida {
namespace {
LogCallback& callback() {
  static LogCallback instance;
  return instance;
}
}  // namespace

void set_log_callback(LogCallback new_callback) { callback() = std::move(new_callback); }

void log_message(LogLevel level, std::string_view message) {
  if (callback()) callback()(level, message);
}

}  // namespace akida
