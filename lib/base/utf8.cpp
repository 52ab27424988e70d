#include "base/utf8.h"

#include <algorithm>
#include <cstdint>

namespace akida {
namespace {

// Bytes of the sequence that `text` begins with; 0 where it is invalid. Table 3-7 of the Unicode
// standard: only the second byte has ranges of its own.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  const std::uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const std::uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  }
  return length;
}

bool is_control(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return byte < 0x20 || byte == 0x7F;
}

}  // namespace

std::size_t find_invalid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_length(text.substr(i));
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

std::size_t find_control_character(std::string_view text) {
  const auto* const control = std::find_if(text.begin(), text.end(), is_control);
  return control == text.end() ? std::string_view::npos
                               : static_cast<std::size_t>(control - text.begin());
}

std::string printable(std::string text) {
  std::replace_if(text.begin(), text.end(), is_control, '?');
  for (std::size_t at = 0, more = 0;
       (more = find_invalid_utf8(std::string_view(text).substr(at))) != std::string::npos;) {
    at += more;
    text[at] = '?';
  }
  return text;
}

}  // namespace akida
