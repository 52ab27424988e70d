#include "data/zip_writer.h"

#include <archive.h>
#include <archive_entry.h>

#include <exception>
#include <new>

#include "base/error.h"

namespace akida::data {

// Where libarchive's bytes go. An exception waits here until C code has returned.
struct ZipWriter::Output {
  io::ByteSink& sink;
  std::exception_ptr error;

  static la_ssize_t write(::archive* /*archive*/, void* self, const void* bytes, std::size_t size) {
    auto& output = *static_cast<Output*>(self);
    if (output.error) return -1;
    try {
      output.sink.write(std::span(static_cast<const std::byte*>(bytes), size));
    } catch (...) {
      output.error = std::current_exception();
      return -1;
    }
    return static_cast<la_ssize_t>(size);
  }
};

namespace {

constexpr int kFilePermissions = 0644;

class MemberSink final : public io::ByteSink {
 public:
  using ByteSink::write;
  MemberSink(std::string name, ::archive* archive, std::function<void(int)> check)
      : ByteSink(std::move(name)), archive_(archive), check_(std::move(check)) {}

  void write(std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const la_ssize_t written = archive_write_data(archive_, bytes.data(), bytes.size());
      if (written <= 0) check_(ARCHIVE_FATAL);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
  }
  void close() override {}

 private:
  ::archive* archive_;
  std::function<void(int)> check_;
};

}  // namespace

ZipWriter::ZipWriter(io::ByteSink& sink) : output_(new Output{sink, nullptr}) {
  archive_.reset(archive_write_new());
  if (!archive_) throw std::bad_alloc();
  check(archive_write_set_format_zip(archive_.get()));
  check(archive_write_zip_set_compression_store(archive_.get()));
  check(archive_write_set_bytes_in_last_block(archive_.get(), 1));  // no padding
  check(archive_write_open(archive_.get(), output_.get(), nullptr, Output::write, nullptr));
}

void ZipWriter::add(const std::string& name, const std::function<void(io::ByteSink&)>& write) {
  const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                            archive_entry_free);
  if (!entry) throw std::bad_alloc();
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), kFilePermissions);
  check(archive_write_header(archive_.get(), entry.get()));
  MemberSink member(name, archive_.get(), [this](int status) { check(status); });
  write(member);
  check(archive_write_finish_entry(archive_.get()));
}

void ZipWriter::finish() { check(archive_write_close(archive_.get())); }

void ZipWriter::check(int status) const {
  if (status == ARCHIVE_OK || status == ARCHIVE_WARN) return;
  if (output_->error) std::rethrow_exception(output_->error);
  const char* message = archive_error_string(archive_.get());
  fail(ErrorKind::kIo, "{}: cannot write: {}", output_->sink.name(),
       message != nullptr ? message : "zip failed");
}

void ZipWriter::Free::operator()(::archive* archive) const noexcept {
  (void)archive_write_free(archive);
}
void ZipWriter::Free::operator()(Output* output) const noexcept { delete output; }

}  // namespace akida::data
