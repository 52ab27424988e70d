// Event sensors by the names that recordings give them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace akida::data {

// How AEDAT 2.0 packs an event into an address.
enum class AddressLayout : std::uint8_t {
  kDvs128,  // bit 0 polarity, bits 1-7 x, bits 8-14 y, bit 15 external event
  kDavis,   // bit 10 external event, bit 11 polarity, bits 12-21 x, bits 22-30 y, bit 31 no DVS
            // event
};

struct Sensor {
  std::string_view name;  // capitals
  std::int32_t width;
  std::int32_t height;
  AddressLayout layout;
};

inline constexpr std::array kSensors = {
    Sensor{"DVS128", 128, 128, AddressLayout::kDvs128},
    Sensor{"DAVIS128", 128, 128, AddressLayout::kDavis},
    Sensor{"DAVIS208", 208, 192, AddressLayout::kDavis},
    Sensor{"DAVIS240", 240, 180, AddressLayout::kDavis},
    Sensor{"DAVIS346", 346, 260, AddressLayout::kDavis},
    Sensor{"DAVIS640", 640, 480, AddressLayout::kDavis},
};

// The sensor whose name `text` contains ("eu.seebetter.ini.chips.davis.DAVIS240C"), in capitals or
// not; null where there is none.
[[nodiscard]] const Sensor* find_sensor(std::string_view text);

// All names, in lower case.
[[nodiscard]] std::vector<std::string> sensor_names();

}  // namespace akida::data
