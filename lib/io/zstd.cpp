#include "io/zstd.h"

#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/error.h"

namespace akida::io {
namespace {

constexpr int kLevel = 3;
constexpr std::uint64_t kFirstOutput = 1ULL << 24;  // larger contents grow step by step
constexpr std::size_t kDescriptorOffset = 4;        // frame header descriptor, RFC 8878 3.1.1.1.1
constexpr std::byte kChecksumFlag{1U << 2};

std::size_t compressed(std::size_t code) {
  if (ZSTD_isError(code) != 0) fail(ErrorKind::kFormat, "zstd: {}", ZSTD_getErrorName(code));
  return code;
}

std::size_t decompressed(std::size_t code, std::size_t frame_bytes) {
  if (ZSTD_isError(code) != 0) {
    fail(ErrorKind::kFormat, "zstd: frame of {} bytes is damaged: {}", frame_bytes,
         ZSTD_getErrorName(code));
  }
  return code;
}

// Refuses by the frame header alone; returns the first capacity for the content.
std::size_t check_frame_header(std::span<const std::byte> frame, std::uint64_t limit,
                               ZstdChecksum checksum) {
  std::uint32_t magic = 0;
  if (frame.size() >= sizeof magic) std::memcpy(&magic, frame.data(), sizeof magic);
  if (magic != kZstdMagic) fail(ErrorKind::kFormat, "zstd: no frame, magic is {:#010x}", magic);
  const std::uint64_t size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size == ZSTD_CONTENTSIZE_ERROR) {
    fail(ErrorKind::kFormat, "zstd: frame of {} bytes has a damaged or truncated header",
         frame.size());
  }
  const bool has_checksum = (frame[kDescriptorOffset] & kChecksumFlag) != std::byte{};
  if (checksum == ZstdChecksum::kRequired && !has_checksum) {
    fail(ErrorKind::kFormat, "zstd: frame has no content checksum");
  }
  const std::uint64_t most = frame.size() * kMaxZstdRatio;
  if (size == ZSTD_CONTENTSIZE_UNKNOWN) return std::min({limit, most, kFirstOutput});
  if (size > limit) {
    fail(ErrorKind::kFormat, "zstd: content of {} bytes exceeds limit {}", size, limit);
  }
  if (size > most) {
    fail(ErrorKind::kFormat, "zstd: content of {} bytes exceeds {}, {} times the frame's {}", size,
         most, kMaxZstdRatio, frame.size());
  }
  return std::min(size, kFirstOutput);
}

}  // namespace

std::vector<std::byte> zstd_compress(std::span<const std::byte> bytes) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                     &ZSTD_freeCCtx);
  compressed(ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kLevel));
  compressed(ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1));
  std::vector<std::byte> frame(ZSTD_compressBound(bytes.size()));
  frame.resize(compressed(
      ZSTD_compress2(context.get(), frame.data(), frame.size(), bytes.data(), bytes.size())));
  return frame;
}

std::vector<std::byte> zstd_decompress(std::span<const std::byte> frame, std::uint64_t limit,
                                       ZstdChecksum checksum) {
  std::vector<std::byte> content(
      std::max<std::size_t>(check_frame_header(frame, limit, checksum), 1));
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                     &ZSTD_freeDCtx);
  ZSTD_inBuffer input{frame.data(), frame.size(), 0};
  ZSTD_outBuffer output{content.data(), content.size(), 0};
  while (decompressed(ZSTD_decompressStream(context.get(), &output, &input), input.size) != 0) {
    if (output.pos > limit) {
      fail(ErrorKind::kFormat, "zstd: content exceeds limit of {} bytes", limit);
    }
    if (output.pos == output.size) {
      content.resize(std::min(limit + 1, std::uint64_t{2} * output.size));
      output.dst = content.data();
      output.size = content.size();
    } else if (input.pos == input.size) {
      fail(ErrorKind::kFormat, "zstd: frame is truncated after {} bytes", input.size);
    }
  }
  if (output.pos > limit) {
    fail(ErrorKind::kFormat, "zstd: content exceeds limit of {} bytes", limit);
  }
  if (input.pos != input.size) {
    fail(ErrorKind::kFormat, "zstd: {} bytes follow the frame", input.size - input.pos);
  }
  content.resize(output.pos);
  return content;
}

}  // namespace akida::io
