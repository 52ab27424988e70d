#include "data/events/sensor.h"

#include <algorithm>
#include <cctype>

namespace akida::data {
namespace {

template <typename Change>
std::string changed(std::string_view text, Change change) {
  std::string result;
  for (const char letter : text) {
    result += static_cast<char>(change(static_cast<unsigned char>(letter)));
  }
  return result;
}

}  // namespace

const Sensor* find_sensor(std::string_view text) {
  const std::string capitals = changed(text, [](int letter) { return std::toupper(letter); });
  const auto* const found = std::ranges::find_if(kSensors, [&](const Sensor& sensor) {
    return capitals.find(sensor.name) != std::string::npos;
  });
  return found == kSensors.end() ? nullptr : found;
}

std::vector<std::string> sensor_names() {
  std::vector<std::string> names;
  for (const Sensor& sensor : kSensors) {
    names.push_back(changed(sensor.name, [](int letter) { return std::tolower(letter); }));
  }
  return names;
}

}  // namespace akida::data
