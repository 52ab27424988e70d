// What a file is, by its first bytes; names are not looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/bytes.h"

namespace akida::data {

struct FileKind {
  std::string_view name;         // "aedat4"; short and stable, for scripts
  std::string_view description;  // "event recording, AEDAT 4.0 (DV)"
  std::string_view read_by;      // the command that reads it; empty where none does
  std::size_t offset = 0;        // where the magic stands
  std::string_view magic = {};
  bool (*check)(std::string_view head) = nullptr;  // besides the magic, where there is one
};

// Enough of a file for every kind.
inline constexpr std::size_t kSniffedBytes = 4096;

// The kind of a file that begins with `head`, up to kSniffedBytes of it; null where it is none that
// is known. Records without a magic are known by their number, so the file's `size` in bytes is
// needed for them; 0: not known.
[[nodiscard]] const FileKind* find_file_kind(std::span<const std::byte> head,
                                             std::uint64_t size = 0);

// Whether a file that begins with `head` is a list of events as text.
[[nodiscard]] bool is_event_list(std::span<const std::byte> head);

// All kinds.
[[nodiscard]] std::vector<FileKind> file_kinds();

struct SniffedFile {
  const FileKind* kind = nullptr;   // of the content inside; null: unknown
  std::vector<std::string> inside;  // the compressions around it, the outermost first: "gzip"
};

// Looks at the front of `source`, through gzip and zstd (of which at most `limit` bytes are read
// and decompressed). What claims to be compressed and cannot be decompressed is of kind "gzip" or
// "zstd".
[[nodiscard]] SniffedFile sniff(std::unique_ptr<io::ByteSource> source,
                                std::uint64_t limit = std::uint64_t{1} << 31);

}  // namespace akida::data
