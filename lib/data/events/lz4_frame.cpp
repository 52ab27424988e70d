#include "data/events/lz4_frame.h"

#include <lz4frame.h>

#include <algorithm>
#include <memory>
#include <new>
#include <vector>

#include "base/error.h"

namespace akida::data {
namespace {

constexpr std::uint64_t kFirstRatio = 4;  // content per byte of the frame to expect at first

std::size_t checked(std::size_t code, std::size_t frame_bytes) {
  if (LZ4F_isError(code) != 0) {
    fail(ErrorKind::kFormat, "LZ4: frame of {} bytes is damaged: {}", frame_bytes,
         LZ4F_getErrorName(code));
  }
  return code;
}

}  // namespace

struct Lz4Decoder::State {
  State() {
    if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) != 0) {
      throw std::bad_alloc();
    }
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { (void)LZ4F_freeDecompressionContext(context); }

  LZ4F_dctx* context = nullptr;
  std::vector<std::byte> content;  // room, kept from frame to frame
};

Lz4Decoder::Lz4Decoder() : state_(std::make_unique<State>()) {}
Lz4Decoder::~Lz4Decoder() = default;

std::span<const std::byte> Lz4Decoder::decompress(std::span<const std::byte> frame,
                                                  std::uint64_t limit) {
  std::vector<std::byte>& content = state_->content;
  LZ4F_resetDecompressionContext(state_->context);
  const std::uint64_t expected = std::min<std::uint64_t>(limit, frame.size() * kFirstRatio) + 1;
  if (content.size() < expected) content.resize(expected);
  std::size_t filled = 0;
  std::size_t used = 0;
  for (;;) {
    std::size_t room = content.size() - filled;
    std::size_t taken = frame.size() - used;
    const std::size_t more = checked(LZ4F_decompress(state_->context, content.data() + filled,
                                                     &room, frame.data() + used, &taken, nullptr),
                                     frame.size());
    filled += room;
    used += taken;
    if (filled > limit) fail(ErrorKind::kFormat, "LZ4: content exceeds limit of {} bytes", limit);
    if (more == 0) break;
    if (filled == content.size()) {
      content.resize(std::min<std::uint64_t>(limit + 1, 2 * content.size()));
    } else if (used == frame.size()) {
      fail(ErrorKind::kFormat, "LZ4: frame is truncated after {} bytes", used);
    }
  }
  if (used != frame.size()) {
    fail(ErrorKind::kFormat, "LZ4: {} bytes follow the frame", frame.size() - used);
  }
  return std::span(content).first(filled);
}

}  // namespace akida::data
