#include "data/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include <algorithm>
#include <exception>
#include <new>
#include <vector>

#include "base/error.h"
#include "base/utf8.h"

namespace akida::data {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 16;

class EntrySource final : public io::ByteSource {
 public:
  explicit EntrySource(ArchiveReader& reader) : ByteSource(reader.entry_name()), reader_(reader) {}

 protected:
  std::size_t read_some(std::span<std::byte> out) override { return reader_.read(out); }

 private:
  ArchiveReader& reader_;
};

}  // namespace

// What libarchive's callback reads from. Exceptions cannot cross libarchive and wait here.
struct ArchiveReader::Input {
  std::unique_ptr<io::ByteSource> source;
  std::vector<std::byte> block = std::vector<std::byte>(kBlockBytes);
  std::exception_ptr error;

  static la_ssize_t read(archive* from, void* data, const void** out) {
    auto& input = *static_cast<Input*>(data);
    try {
      *out = input.block.data();
      return static_cast<la_ssize_t>(input.source->read(input.block));
    } catch (...) {
      input.error = std::current_exception();
      archive_set_error(from, -1, "cannot read");
      return -1;
    }
  }
};

ArchiveReader::ArchiveReader(const std::string& path) : name_(path) {
  if (path == "-") fail(ErrorKind::kUsage, "an archive is read twice and cannot be a pipe");
  static_cast<void>(io::open_source(path));  // for its messages
  open();
  if (archive_read_open_filename(archive_.get(), path.c_str(), kBlockBytes) != ARCHIVE_OK) {
    refuse(name_);
  }
}

ArchiveReader::ArchiveReader(std::unique_ptr<io::ByteSource> source)
    : name_(source->name()), input_(std::make_unique<Input>()) {
  input_->source = std::move(source);
  open();
  if (archive_read_open(archive_.get(), input_.get(), nullptr, Input::read, nullptr) !=
      ARCHIVE_OK) {
    refuse(name_);
  }
}

ArchiveReader::~ArchiveReader() = default;

void ArchiveReader::Free::operator()(archive* reader) const { (void)archive_read_free(reader); }

void ArchiveReader::open() {
  archive_.reset(archive_read_new());
  if (!archive_) throw std::bad_alloc();
  (void)archive_read_support_format_tar(archive_.get());
  (void)archive_read_support_format_zip(archive_.get());
  (void)archive_read_support_filter_gzip(archive_.get());
  (void)archive_read_support_filter_bzip2(archive_.get());
  (void)archive_read_support_filter_xz(archive_.get());
  (void)archive_read_support_filter_zstd(archive_.get());
}

bool ArchiveReader::next() {
  while (!ended_) {
    archive_entry* header = nullptr;
    const int status = archive_read_next_header(archive_.get(), &header);
    check_ratio();
    ended_ = status == ARCHIVE_EOF;
    if (ended_) break;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) refuse(name_);  // warnings are about names
    if (++entries_ > kMaxEntries) {
      fail(ErrorKind::kFormat, "{}: number of entries exceeds limit {}", name_, kMaxEntries);
    }
    if (!S_ISREG(archive_entry_filetype(header)) || archive_entry_hardlink(header) != nullptr) {
      continue;
    }
    const char* name = archive_entry_pathname_utf8(header);
    if (name == nullptr) name = archive_entry_pathname(header);
    entry_ = name != nullptr ? printable(name) : fmt::format("entry {}", entries_ - 1);
    return true;
  }
  return false;
}

std::unique_ptr<io::ByteSource> ArchiveReader::content() {
  return std::make_unique<EntrySource>(*this);
}

std::size_t ArchiveReader::read(std::span<std::byte> out) {
  const la_ssize_t got = archive_read_data(archive_.get(), out.data(), out.size());
  if (got < 0) refuse(entry_name());
  bytes_ += static_cast<std::uint64_t>(got);
  check_ratio();
  return static_cast<std::size_t>(got);
}

// Also counts what libarchive unpacked to pass over entries, where a tar archive is compressed.
void ArchiveReader::check_ratio() const {
  const auto packed =
      static_cast<std::uint64_t>(std::max<la_int64_t>(archive_filter_bytes(archive_.get(), -1), 0));
  const auto unpacked =
      static_cast<std::uint64_t>(std::max<la_int64_t>(archive_filter_bytes(archive_.get(), 0), 0));
  if (std::max(unpacked, bytes_) > packed * kMaxRatio + kAllowance) {
    fail(ErrorKind::kFormat, "{}: {} bytes unpack to more than {}, the limit", name_, packed,
         packed * kMaxRatio + kAllowance);
  }
}

void ArchiveReader::refuse(const std::string& where) const {
  if (input_ && input_->error) std::rethrow_exception(input_->error);
  const char* const message = archive_error_string(archive_.get());
  fail(ErrorKind::kFormat, "{}: archive offset {}: {}", where,
       std::max<la_int64_t>(archive_filter_bytes(archive_.get(), -1), 0),
       message != nullptr ? message : "content cannot be read");
}

}  // namespace akida::data
