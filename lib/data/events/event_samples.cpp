#include "data/events/event_samples.h"

#include <algorithm>
#include <tuple>

#include "base/error.h"
#include "base/log.h"
#include "data/events/event_files.h"
#include "data/events/event_windows.h"
#include "data/sample_id.h"
#include "io/batch.h"
#include "io/stream.h"

namespace akida::data {
namespace {

constexpr std::size_t kFewEvents = std::size_t{1} << 20;  // are not worth merging early

// Sorts by place and makes one event of several at one place; returns how many went.
std::size_t merge_duplicates(std::vector<io::Event>& events, bool count) {
  const auto place = [](const io::Event& event) { return std::tuple(event.y, event.x, event.c); };
  std::ranges::stable_sort(events, {}, place);
  std::size_t kept = 0;
  for (const io::Event& event : events) {
    if (kept > 0 && place(events[kept - 1]) == place(event)) {
      io::Event& first = events[kept - 1];
      const int value = count ? std::min(255, first.value + event.value) : event.value;
      first.value = static_cast<std::uint8_t>(value);
    } else {
      events[kept++] = event;
    }
  }
  const std::size_t merged = events.size() - kept;
  events.resize(kept);
  return merged;
}

// What asks for times, as messages say it; empty where nothing does.
std::string_view asks_for_times(const EventOptions& options) {
  if (options.output == EventOutput::kRaw) return "raw events";
  if (options.window > 0) return "windows";
  return options.filters.needs_times() ? "filters by time" : "";
}

EventReaderOptions reader_options(const EventOptions& options) {
  EventReaderOptions reader{
      .format = options.format, .sensor = options.sensor, .times_for = asks_for_times(options)};
  if (!options.filters.region) reader.bounds = options.shape;
  return reader;
}

std::unique_ptr<EventReader> open_reader(const std::string& path, const EventOptions& options) {
  return open_event_reader(io::open_source(path), reader_options(options));
}

// What messages call a file.
std::string called(const std::string& path) { return path == "-" ? "stdin" : path; }

void grow(Shape& shape, const Shape& other) {
  shape.width = std::max(shape.width, other.width);
  shape.height = std::max(shape.height, other.height);
  shape.channels = std::max(shape.channels, other.channels);
}

[[noreturn]] void refuse_empty(const std::string& name) {
  fail(ErrorKind::kInvalid, "{}: no events in it", name);
}

// The smallest shape that holds all events, with two channels at least.
Shape measure(EventReader& reader, const std::string& name) {
  Shape shape{.width = 1, .height = 1, .channels = 2};
  std::uint64_t events = 0;
  EventBlock block;
  while (reader.next(block)) {
    events += block.events.size();
    for (const io::Event& event : block.events) {
      const std::uint32_t most = std::max({event.x, event.y, event.c});
      if (most >= io::kMaxSide) {
        fail(ErrorKind::kInvalid, "{}: event at x {}, y {}, polarity {} is outside 0..{}", name,
             event.x, event.y, event.c, io::kMaxSide - 1);
      }
      grow(shape, {.width = static_cast<std::int32_t>(event.x) + 1,
                   .height = static_cast<std::int32_t>(event.y) + 1,
                   .channels = static_cast<std::int32_t>(event.c) + 1});
    }
  }
  if (events == 0) refuse_empty(name);
  return shape;
}

class EventSamples final : public SampleSource {
 public:
  EventSamples(std::vector<std::string> paths, EventOptions options)
      : paths_(recordings_of(paths)), options_(std::move(options)), windows_(options_.window) {
    open_next_file();
    declare_labels();
    filter_.emplace(options_.filters, find_sensor_shape());
    header_.shape = filter_->shape();
    header_.kind = options_.output == EventOutput::kRaw      ? io::StreamKind::kRawEvents
                   : options_.output == EventOutput::kFrames ? io::StreamKind::kDense
                                                             : io::StreamKind::kEvents;
    io::validate(header_);
  }

  [[nodiscard]] std::string name() const override { return name_of_files(paths_); }

  bool next(io::Batch& batch) override {
    batch = {};
    while (!is_full(batch)) {
      if (used_ < block_.events.size()) {
        in_context(called(paths_[file_ - 1]), [&] { take_events(batch); });
      } else if ((options_.live && batch.size > 0) || !read_block(batch)) {
        break;
      }
    }
    if (batch.size == 0 && merged_ > 0) {
      log_info("{} duplicate events {}", std::exchange(merged_, 0),
               options_.count ? "summed" : "collapsed");
    }
    if (options_.output == EventOutput::kFrames && batch.size > 0) make_frames(batch);
    return batch.size > 0;
  }

 private:
  void open_next_file() { reader_ = open_reader(paths_[file_++], options_); }

  [[nodiscard]] bool is_packed() const { return options_.packet_size > 0 || options_.window > 0; }

  [[nodiscard]] bool is_full(const io::Batch& batch) const {
    const std::size_t bytes = options_.output == EventOutput::kFrames
                                  ? batch.size * static_cast<std::size_t>(header_.shape.size())
                                  : batch.events.size() * sizeof(io::Event);
    return bytes >= kBatchBytes || batch.size >= io::kMaxFrameSamples;
  }

  // Labels do not come from the files.
  [[nodiscard]] bool has_own_labels() const { return options_.label || options_.folder_is_class; }

  void declare_labels() {
    if (options_.folder_is_class && options_.class_names.empty()) {
      options_.class_names = folders_of_recordings(paths_);
    }
    header_.labels = has_own_labels() ? io::LabelKind::kClass : reader_->header().labels;
    header_.class_names =
        options_.class_names.empty() ? reader_->header().class_names : options_.class_names;
  }

  [[nodiscard]] std::int32_t label_of_sample() const {
    if (options_.label) return *options_.label;
    if (!options_.folder_is_class) return label_;
    const std::string& path = paths_[file_ - 1];
    const std::string folder = folder_of_recording(path);
    const auto found = std::ranges::find(header_.class_names, folder);
    if (found == header_.class_names.end()) {
      fail(ErrorKind::kInvalid, "{}: folder '{}' is no class name", path, folder);
    }
    return static_cast<std::int32_t>(found - header_.class_names.begin());
  }

  void check_labels() const {
    const io::StreamHeader& header = reader_->header();
    const bool same_names = header.class_names == header_.class_names;
    const bool kept = has_own_labels() || header.labels == header_.labels;
    if (!kept || (options_.class_names.empty() && !same_names)) {
      fail(ErrorKind::kInvalid, "{}: labels differ from those of {}", called(paths_[file_ - 1]),
           called(paths_[0]));
    }
  }

  [[noreturn]] static void refuse_unknown_shape() {
    fail(ErrorKind::kUsage,
         "stdin: its width and height have to be given (--shape), it cannot be read twice");
  }

  // Of the events before they are filtered; width 0 where a region makes it needless.
  Shape find_sensor_shape() {
    if (options_.shape.width > 0) return options_.shape;
    Shape found{.width = 0, .height = 0, .channels = 0};
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      const bool again = i > 0;
      if (again && paths_[i] == "-") refuse_unknown_shape();
      const auto other = again ? open_reader(paths_[i], options_) : nullptr;
      EventReader& reader = again ? *other : *reader_;
      const Shape& declared = reader.header().shape;
      if (declared.width > 0 || options_.filters.region) {
        grow(found, declared);
        continue;
      }
      if (paths_[i] == "-") refuse_unknown_shape();
      grow(found, measure(reader, called(paths_[i])));
      if (!again) reader_ = open_reader(paths_[0], options_);
    }
    // A region on sensors of which not all are known is checked against none.
    if (options_.filters.region && paths_.size() > 1) found.width = found.height = 0;
    return found;
  }

  // The next events into block_; false after the last file.
  bool read_block(io::Batch& batch) {
    if (!reader_) {
      if (file_ == paths_.size()) return false;
      open_next_file();
      check_labels();
    }
    used_ = 0;
    if (!reader_->next(block_)) {
      block_.events.clear();
      end_file(batch);
      return true;
    }
    if (block_.starts_sample && !(has_sample_ && options_.join)) {
      end_sample(batch);
      begin_sample();
    } else if (block_.starts_sample) {
      label_ = block_.label;
    }
    in_context(called(paths_[file_ - 1]), [&] { filter_->apply(block_.events); });
    return true;
  }

  void begin_sample() {
    has_sample_ = true;
    saw_sample_ = true;
    id_ = block_.id;
    label_ = block_.label;
    filter_->reset();
    windows_.reset();
  }

  void end_sample(io::Batch& batch) {
    if (has_sample_ && (!is_packed() || !pending_.empty())) emit(batch);
    has_sample_ = false;
  }

  void end_file(io::Batch& batch) {
    if (!saw_sample_ && !reader_->has_samples()) refuse_empty(called(paths_[file_ - 1]));
    end_sample(batch);
    saw_sample_ = false;
    reader_.reset();
  }

  // Moves events from block_ to the open packet until that is full or the block ends.
  void take_events(io::Batch& batch) {
    const auto rest = std::span(block_.events).subspan(used_);
    std::size_t count = rest.size();
    if (options_.packet_size > 0) count = std::min(count, options_.packet_size - pending_.size());
    bool is_complete = false;
    if (options_.window > 0) {
      count = windows_.take(rest);
      is_complete = count < rest.size();
    }
    if (pending_.size() + count > most_pending_) compact();
    if (pending_.size() + count > kMaxSampleEvents) {
      fail(ErrorKind::kInvalid,
           "sample {}: more than {} {}, the limit; packets make several samples of it "
           "(--packetize, --window)",
           samples_, kMaxSampleEvents,
           options_.output == EventOutput::kRaw ? "events" : "different events");
    }
    pending_.insert(pending_.end(), rest.begin(),
                    rest.begin() + static_cast<std::ptrdiff_t>(count));
    used_ += count;
    if (options_.packet_size > 0) is_complete = pending_.size() == options_.packet_size;
    if (is_complete && !pending_.empty()) emit(batch);
  }

  // Duplicates of the open sample into one, unless they are kept or counted into packets.
  void compact() {
    if (options_.output == EventOutput::kRaw || options_.packet_size > 0) return;
    merge();
    most_pending_ = 2 * pending_.size() + kFewEvents;
  }

  void merge() {
    for (io::Event& event : pending_) event.time = 0;
    merged_ += merge_duplicates(pending_, options_.count);
  }

  void emit(io::Batch& batch) {
    if (options_.output != EventOutput::kRaw) merge();
    batch.ids.push_back(next_id());
    if (header_.labels == io::LabelKind::kClass) batch.classes.push_back(label_of_sample());
    batch.event_counts.push_back(static_cast<std::uint32_t>(pending_.size()));
    if (batch.events.empty()) {
      batch.events.swap(pending_);  // a large sample is not held twice
    } else {
      batch.events.insert(batch.events.end(), pending_.begin(), pending_.end());
    }
    ++batch.size;
    ++samples_;
    pending_.clear();
    most_pending_ = kFewEvents;
  }

  [[nodiscard]] std::string next_id() const {
    const bool whole_file = !reader_->has_samples() || options_.join;
    if (is_packed()) return std::to_string(samples_);
    const std::string& path = paths_[file_ - 1];
    const std::string folder = options_.folder_is_class ? folder_of_recording(path) + "/" : "";
    if (whole_file) return folder + id_of_path(path);
    return id_.empty() ? std::to_string(samples_) : id_;
  }

  void make_frames(io::Batch& batch) const {
    io::StreamHeader sparse = header_;
    sparse.kind = io::StreamKind::kEvents;
    batch.dense = io::to_dense(sparse, batch);
    batch.events.clear();
    batch.event_counts.clear();
  }

  std::vector<std::string> paths_;
  EventOptions options_;
  EventWindows windows_;
  std::optional<EventFilter> filter_;
  std::size_t file_ = 0;                   // files opened
  std::unique_ptr<EventReader> reader_;    // of the open one
  EventBlock block_;                       // filtered
  std::size_t used_ = 0;                   // events of block_
  std::vector<io::Event> pending_;         // of the open packet or sample
  std::size_t most_pending_ = kFewEvents;  // then duplicates are merged
  bool has_sample_ = false;                // one is open
  bool saw_sample_ = false;                // in this file
  std::string id_;
  std::int32_t label_ = -1;
  std::uint64_t samples_ = 0;
  std::size_t merged_ = 0;
};

}  // namespace

std::unique_ptr<SampleSource> open_events(std::vector<std::string> paths, EventOptions options) {
  return std::make_unique<EventSamples>(std::move(paths), std::move(options));
}

}  // namespace akida::data
