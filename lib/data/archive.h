// Archives read entry by entry, as they stream by: zip and tar, the latter also within gzip, bzip2,
// xz or zstd. Nothing is ever written, and names of entries are text, never paths to open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "io/bytes.h"

struct archive;

namespace akida::data {

// Bytes of a file's beginning that is_archive needs.
inline constexpr std::size_t kArchiveMagicBytes = 262;

// Whether a file that begins so is a zip archive, a tar archive, or compressed with gzip, bzip2, xz
// or zstd, inside which a tar archive is looked for.
[[nodiscard]] bool is_archive(std::span<const std::byte> beginning);

// Whether `path` is a regular file that begins so.
[[nodiscard]] bool is_archive_file(const std::string& path);

class ArchiveReader {
 public:
  static constexpr std::uint64_t kMaxEntries = 1ULL << 24;

  // Content may be this many times as long as the archive, and a little more: above what zip and
  // gzip can reach (1032), so only nested or crafted compression meets it.
  static constexpr std::uint64_t kMaxRatio = 1100;
  static constexpr std::uint64_t kAllowance = 1ULL << 26;

  // The archive in the file `path`, which is no pipe (kUsage for "-"), or in `source`, where zip
  // archives whose sizes come after their entries cannot be read. Throws kIo where the file cannot
  // be opened, kUnsupported where this build has no libarchive, kFormat when the content is no
  // archive.
  explicit ArchiveReader(const std::string& path);
  explicit ArchiveReader(std::unique_ptr<io::ByteSource> source);
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;
  ~ArchiveReader();

  // Goes to the next regular file in the order of the archive; false after the last one. Folders,
  // links and devices are passed over. Throws kFormat where the archive is damaged or beyond the
  // limits above.
  [[nodiscard]] bool next();

  // The name of the current entry, control characters and what is no UTF-8 replaced by '?'.
  [[nodiscard]] const std::string& entry() const { return entry_; }

  // What messages call the archive, and the current entry: "a.zip: cats/1.jpg".
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string entry_name() const { return name_ + ": " + entry_; }

  // The content of the current entry, valid until next(); at most one per entry.
  [[nodiscard]] std::unique_ptr<io::ByteSource> content();

  // Used by content(): bytes of the current entry, 0 at its end.
  [[nodiscard]] std::size_t read(std::span<std::byte> out);

 private:
  struct Input;
  struct Free {
    void operator()(archive* reader) const;
  };

  void open();
  void check_ratio() const;
  [[noreturn]] void refuse(const std::string& where) const;

  std::string name_;
  std::string entry_;
  std::unique_ptr<Input> input_;
  std::unique_ptr<archive, Free> archive_;
  bool ended_ = false;
  std::uint64_t entries_ = 0;
  std::uint64_t bytes_ = 0;  // of content read so far
};

}  // namespace akida::data
