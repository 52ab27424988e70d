// UTF-8 (RFC 3629), the encoding of every text in our files.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace akida {

// Offset of the first byte that starts no valid sequence (overlong forms, surrogates and code
// points above U+10FFFF are invalid), or npos where `text` is UTF-8.
[[nodiscard]] std::size_t find_invalid_utf8(std::string_view text);

// Offset of the first control character (below 0x20, or 0x7F), or npos. Names have none: they
// stand in lines of text, in tab-separated columns and on terminals.
[[nodiscard]] std::size_t find_control_character(std::string_view text);

// `text` as our files may hold it: control characters and bytes that are no UTF-8 become '?'.
[[nodiscard]] std::string printable(std::string text);

}  // namespace akida
