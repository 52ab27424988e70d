// Our own streams (formats/stream.md) as recordings, sample by sample.
#include "data/events/event_readers.h"
#include "io/stream.h"

namespace akida::data {
namespace {

class AksEventReader final : public EventReader {
 public:
  explicit AksEventReader(std::unique_ptr<io::ByteSource> source)
      : source_(std::move(source)), reader_(*source_) {
    header_ = reader_.header();
  }

  [[nodiscard]] bool has_samples() const override { return true; }

  bool next(EventBlock& block) override {
    if (sample_ == batch_.size) {
      if (!reader_.next(batch_)) return false;
      sample_ = 0;
      first_event_ = 0;
    }
    const auto first = batch_.events.begin() + static_cast<std::ptrdiff_t>(first_event_);
    block.events.assign(first, first + batch_.event_counts[sample_]);
    first_event_ += batch_.event_counts[sample_];
    block.starts_sample = true;
    block.id = batch_.ids[sample_];
    block.label = batch_.classes.empty() ? -1 : batch_.classes[sample_];
    ++sample_;
    return true;
  }

 private:
  std::unique_ptr<io::ByteSource> source_;
  io::StreamReader reader_;
  io::Batch batch_;
  std::size_t sample_ = 0;  // of batch_, not handed out yet
  std::size_t first_event_ = 0;
};

}  // namespace

ReaderPointer open_aks_events(std::unique_ptr<io::ByteSource> source,
                              const EventReaderOptions& options) {
  const std::string name = source->name();
  auto reader = std::make_unique<AksEventReader>(std::move(source));
  const io::StreamHeader& header = reader->header();
  if (header.kind == io::StreamKind::kDense) {
    fail(ErrorKind::kInvalid, "{}: the samples are dense, not events", name);
  }
  if (header.kind == io::StreamKind::kEvents && !options.times_for.empty()) {
    fail(ErrorKind::kInvalid, "{}: the events have no times, which {} need (--raw keeps them)",
         name, options.times_for);
  }
  if (header.labels == io::LabelKind::kTargets || header.labels == io::LabelKind::kBoxes) {
    fail(ErrorKind::kUnsupported, "{}: labels of events can only be classes", name);
  }
  return reader;
}

}  // namespace akida::data
