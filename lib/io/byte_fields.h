// Little-endian fields in memory: appended without padding, read with every length checked.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/error.h"

namespace akida::io {

static_assert(std::endian::native == std::endian::little,
              "arrays are stored in memory order, which has to be little-endian");

// Appends the bytes of a number.
template <typename T>
void put(std::vector<std::byte>& out, T value) {
  static_assert(std::is_arithmetic_v<T>);
  const std::size_t end = out.size();
  out.resize(end + sizeof value);
  std::memcpy(out.data() + end, &value, sizeof value);
}

inline void put_bytes(std::vector<std::byte>& out, std::span<const std::byte> bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

inline void put_text(std::vector<std::byte>& out, std::string_view text) {
  put_bytes(out, std::as_bytes(std::span(text)));
}

// Takes fields from the front of `bytes`. A field that does not fit is kFormat and names its
// place: "<place> 8: class names need 40 bytes, 3 remain".
class FieldReader {
 public:
  // `base` is what the first byte of `bytes` is called in messages.
  FieldReader(std::span<const std::byte> bytes, std::string_view place, std::uint64_t base = 0)
      : bytes_(bytes), place_(place), base_(base) {}

  [[nodiscard]] std::uint64_t offset() const { return base_ + used_; }
  [[nodiscard]] std::uint64_t remaining() const { return bytes_.size() - used_; }

  // Throws unless `count` bytes remain.
  void need(std::uint64_t count, std::string_view what) const {
    if (count > remaining()) refuse("{} needs {} bytes, {} remain", what, count, remaining());
  }

  [[nodiscard]] std::span<const std::byte> take(std::uint64_t count, std::string_view what) {
    need(count, what);
    const auto part = bytes_.subspan(used_, count);
    used_ += count;
    return part;
  }

  template <typename T>
  [[nodiscard]] T get(std::string_view what) {
    static_assert(std::is_arithmetic_v<T>);
    T value{};
    std::memcpy(&value, take(sizeof value, what).data(), sizeof value);
    return value;
  }

  // A count that may be at most `limit`.
  [[nodiscard]] std::uint32_t get_count(std::string_view what, std::uint64_t limit) {
    const auto value = get<std::uint32_t>(what);
    if (value > limit) {
      used_ -= sizeof value;
      refuse("{} {} exceeds limit {}", what, value, limit);
    }
    return value;
  }

  [[nodiscard]] std::string get_text(std::uint64_t count, std::string_view what) {
    const auto part = take(count, what);
    return {reinterpret_cast<const char*>(part.data()), part.size()};
  }

  // Throws kFormat at the current place.
  template <typename... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) const {
    fail(ErrorKind::kFormat, "{} {}: {}", place_, offset(),
         fmt::format(format, std::forward<Args>(args)...));
  }

 private:
  std::span<const std::byte> bytes_;
  std::string_view place_;
  std::uint64_t base_;
  std::size_t used_ = 0;
};

}  // namespace akida::io
