// UTF-8 (RFC 3629), the encoding of every text in our files.
#pragma once

#include <cstddef>
#include <string_view>

namespace akida {

// Offset of the first byte that starts no valid sequence (overlong forms, surrogates and code
// points above U+10FFFF are invalid), or npos where `text` is UTF-8.
[[nodiscard]] std::size_t find_invalid_utf8(std::string_view text);

}  // namespace akida
