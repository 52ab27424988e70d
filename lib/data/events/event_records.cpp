#include "data/events/event_readers.h"

namespace akida::data {

bool RecordReader::next(EventBlock& block) {
  block.events.clear();
  while (block.events.empty()) {
    const std::size_t whole = window_.bytes().size() / record_bytes_ * record_bytes_;
    if (whole == 0) {
      if (window_.fill()) continue;
      if (!window_.bytes().empty()) {
        window_.refuse(0, "file is truncated: {} needs {} bytes, {} remain", what_, record_bytes_,
                       window_.bytes().size());
      }
      check_end();
      return false;
    }
    decode(window_.bytes().first(whole), block.events);
    window_.consume(whole);
  }
  block.starts_sample = std::exchange(is_first_, false);
  return true;
}

}  // namespace akida::data
