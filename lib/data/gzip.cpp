#include "data/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

#include "base/error.h"

namespace akida::data {
namespace {

constexpr std::array kGzipMagic = {std::byte{0x1F}, std::byte{0x8B}};
constexpr std::size_t kInputBytes = std::size_t{1} << 16;
constexpr int kGzipWindow = 15 + 16;  // the largest window, gzip wrapper required

class GzipSource final : public io::ByteSource {
 public:
  explicit GzipSource(std::unique_ptr<io::ByteSource> source)
      : ByteSource(source->name()), source_(std::move(source)), input_(kInputBytes) {
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) throw std::bad_alloc();
  }
  ~GzipSource() override { (void)inflateEnd(&stream_); }

 protected:
  std::size_t read_some(std::span<std::byte> out) override {
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    const std::size_t room = std::min<std::size_t>(out.size(), 1U << 30);
    stream_.avail_out = static_cast<uInt>(room);
    while (stream_.avail_out == room) {
      if (stream_.avail_in == 0 && !refill()) break;
      if (member_ended_) {
        (void)inflateReset(&stream_);
        member_ended_ = false;
      }
      const int status = inflate(&stream_, Z_NO_FLUSH);
      member_ended_ = status == Z_STREAM_END;
      if (status != Z_OK && !member_ended_) {
        fail(ErrorKind::kFormat, "{}: offset {}: gzip: {}", name(),
             source_->offset() - stream_.avail_in,
             stream_.msg != nullptr ? stream_.msg : "data cannot be decoded");
      }
    }
    return room - stream_.avail_out;
  }

 private:
  // False at the end of the file, which must be the end of a member.
  bool refill() {
    stream_.avail_in = static_cast<uInt>(source_->read(input_));
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    if (stream_.avail_in == 0 && !member_ended_) {
      fail(ErrorKind::kFormat, "{}: offset {}: gzip: file is truncated", name(), source_->offset());
    }
    return stream_.avail_in > 0;
  }

  std::unique_ptr<io::ByteSource> source_;
  std::vector<std::byte> input_;
  z_stream stream_{};
  bool member_ended_ = false;
};

}  // namespace

std::unique_ptr<io::ByteSource> gunzip(std::unique_ptr<io::ByteSource> source) {
  if (!std::ranges::equal(source->peek(kGzipMagic.size()), kGzipMagic)) return source;
  return std::make_unique<GzipSource>(std::move(source));
}

std::unique_ptr<io::ByteSource> open_uncompressed(const std::string& path) {
  return gunzip(io::open_source(path));
}

}  // namespace akida::data
