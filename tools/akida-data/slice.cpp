// akida-data slice A:B - samples A to B, as Python's slices count.
#include <algorithm>
#include <charconv>
#include <deque>
#include <limits>
#include <memory>

#include "akida-data/stream_output.h"
#include "akida-data/verbs.h"
#include "base/error.h"
#include "common/sample_input.h"
#include "common/shared_options.h"
#include "io/batch.h"

namespace akida::data_tool {
namespace {

constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();

struct SliceOptions {
  std::string range;
  std::string input = "-";
  StreamOutputOptions output;
  std::optional<bool> progress;
};

// Sample numbers from `begin` up to, not including, `end`; negative ones count from the end.
struct Range {
  std::int64_t begin = 0;
  std::int64_t end = kEnd;
};

std::int64_t parse_bound(std::string_view text, std::int64_t missing, const std::string& range) {
  if (text.empty()) return missing;
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || value == std::numeric_limits<std::int64_t>::min()) {
    fail(ErrorKind::kUsage, "range '{}' is not of the form A:B", range);
  }
  return value;
}

Range parse_range(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) {
    fail(ErrorKind::kUsage, "range '{}' is not of the form A:B", text);
  }
  const std::string_view view = text;
  return {parse_bound(view.substr(0, colon), 0, text),
          parse_bound(view.substr(colon + 1), kEnd, text)};
}

// Writes the samples of a range as they come. Where a bound counts from the end, as many samples
// as it says are held back until the end is known.
class Slicer {
 public:
  Slicer(Range range, const io::StreamHeader& header, StreamOutput& output)
      : range_(range), header_(header), output_(output) {
    held_ = std::max<std::int64_t>({0, -range.begin, -range.end});
  }

  // False once no later sample can be in the range.
  bool add(const io::Batch& batch) {
    for (std::size_t i = 0; i < batch.size; ++i) {
      if (range_.begin >= 0 && range_.end >= 0 && seen_ >= range_.end) return false;
      io::Batch& sample = queue_.emplace_back();
      io::append(header_, batch, i, 1, sample);
      ++seen_;
      if (static_cast<std::int64_t>(queue_.size()) > held_) release(seen_ - held_ - 1);
    }
    return true;
  }

  // Decides about the samples held back.
  void finish() {
    if (range_.begin < 0) range_.begin = std::max<std::int64_t>(0, seen_ + range_.begin);
    if (range_.end < 0) range_.end = std::max<std::int64_t>(0, seen_ + range_.end);
    while (!queue_.empty()) release(seen_ - static_cast<std::int64_t>(queue_.size()));
  }

 private:
  // Writes the oldest sample, number `index`, if it is in the range. While a bound still counts
  // from the end, samples leave the queue only when they are certainly before that bound.
  void release(std::int64_t index) {
    if (range_.begin >= 0 && index >= range_.begin && (range_.end < 0 || index < range_.end)) {
      output_.write(queue_.front());
    }
    queue_.pop_front();
  }

  Range range_;
  const io::StreamHeader& header_;
  StreamOutput& output_;
  std::int64_t held_;
  std::int64_t seen_ = 0;
  std::deque<io::Batch> queue_;  // single samples
};

int run(const SliceOptions& options) {
  const Range range = parse_range(options.range);
  cli::SampleInput input(options.input, options.progress);
  StreamOutput output(options.output, input.header());
  Slicer slicer(range, input.header(), output);
  for (io::Batch batch; input.next(batch) && slicer.add(batch);) {
  }
  slicer.finish();
  output.close();
  return cli::kOk;
}

}  // namespace

cli::Command slice_verb() {
  const auto options = std::make_shared<SliceOptions>();
  return {.name = "slice",
          .purpose = "Write the samples A to B, not including B, of a stream.",
          .examples =
              "akida-data slice 100:200 train.aks -o part.aks\n"
              "akida-data slice -100: train.aks -o last.aks\n",
          .add_options =
              [options](cli::CommandLine& line) {
                line.add_option("RANGE", options->range,
                                "A:B; a missing bound is the stream's, a negative one counts from "
                                "the end")
                    .required();
                cli::add_input(line, options->input);
                add_stream_output(line, options->output);
                cli::add_progress(line, options->progress);
              },
          .run = [options] { return run(*options); }};
}

}  // namespace akida::data_tool
