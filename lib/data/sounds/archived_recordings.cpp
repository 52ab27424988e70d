#include "data/sounds/archived_recordings.h"

#include "base/error.h"
#include "data/sounds/sound.h"
#include "io/bytes.h"

namespace akida::data {

const std::vector<std::byte>& ArchivedRecordings::read(const std::string& path,
                                                       std::uint64_t number) {
  if (reader_ && path == path_ && number + 1 == next_) return bytes_;
  if (!reader_ || path != path_ || number < next_) {
    reader_ = std::make_unique<ArchiveReader>(path);
    path_ = path;
    next_ = 0;
  }
  for (; next_ <= number; ++next_) {
    if (!reader_->next()) fail(ErrorKind::kInvalid, "{}: has changed while it was read", path);
  }
  bytes_ = io::read_all(*reader_->content(), kMaxSoundFileBytes);
  return bytes_;
}

}  // namespace akida::data
