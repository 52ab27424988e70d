// akida-data split - one stream into several.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <numeric>

#include "akida-data/stored_stream.h"
#include "akida-data/stream_output.h"
#include "akida-data/verbs.h"
#include "base/checked.h"
#include "base/error.h"
#include "base/random.h"
#include "common/shared_options.h"

namespace akida::data_tool {
namespace {

struct SplitOptions {
  std::string input = "-";
  std::vector<std::string> parts;  // FILE=SHARE
  bool compress = false;
  std::optional<std::uint64_t> seed;
  std::optional<bool> progress;
};

struct Part {
  std::string path;
  std::string share;
};

Part parse_part(const std::string& text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    fail(ErrorKind::kUsage, "part '{}' is not of the form FILE=SHARE", text);
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

// The parts, no two of which may go to one file or have the rest, nor one to the input.
std::vector<Part> parse_parts(const SplitOptions& options) {
  std::vector<Part> parts;
  std::vector<std::string> paths;
  for (const std::string& text : options.parts) {
    parts.push_back(parse_part(text));
    paths.push_back(parts.back().path);
  }
  if (std::ranges::count(parts, "rest", &Part::share) > 1) {
    fail(ErrorKind::kUsage, "'rest' is the share of more than one part");
  }
  cli::require_separate_outputs(paths, {options.input});
  return parts;
}

// Numbers of samples that the shares mean in a stream of `total`. Fractions are rounded so that
// their sums are: parts of 0.5 and 0.5 of 5 samples get 3 and 2.
class Shares {
 public:
  explicit Shares(std::size_t total) : total_(total) {}

  std::size_t take(const std::string& share) {
    std::size_t count = 0;
    if (share == "rest") {
      count = total_ - used_;
    } else if (share.find('.') == std::string::npos) {
      count = parse<std::size_t>(share);
    } else {
      const auto before = boundary();
      fractions_ += parse_fraction(share);
      count = boundary() - before;
    }
    if (count > total_ - used_) {
      fail(ErrorKind::kInvalid, "parts up to '{}' ask for {} samples, the stream has {}", share,
           used_ + count, total_);
    }
    used_ += count;
    return count;
  }

 private:
  [[nodiscard]] std::size_t boundary() const {
    return static_cast<std::size_t>(std::floor(static_cast<double>(total_) * fractions_ + 0.5));
  }

  template <typename T>
  static T parse(const std::string& share) {
    T value{};
    const char* end = share.data() + share.size();
    const auto [stop, error] = std::from_chars(share.data(), end, value);
    if (error != std::errc() || stop != end) {
      fail(ErrorKind::kUsage, "share '{}' is no count, no fraction like 0.8 and not 'rest'", share);
    }
    return value;
  }

  static double parse_fraction(const std::string& share) {
    const auto value = parse<double>(share);
    if (!(value >= 0 && value <= 1)) {
      fail(ErrorKind::kUsage, "share {} is outside 0.0..1.0", share);
    }
    return value;
  }

  std::size_t total_;
  std::size_t used_ = 0;
  double fractions_ = 0;
};

int run(const SplitOptions& options) {
  const std::vector<Part> parts = parse_parts(options);
  cli::SampleInput input(options.input, options.progress);
  const StoredStream stream(input);
  std::vector<std::uint32_t> order(checked_cast<std::uint32_t>(stream.size(), "samples"));
  std::iota(order.begin(), order.end(), 0U);
  if (options.seed) {
    Random random(*options.seed);
    partial_shuffle(order, order.size(), random);
  }
  Shares shares(stream.size());
  std::vector<std::unique_ptr<StreamOutput>> outputs;
  auto next = order.begin();
  for (const Part& part : parts) {
    const auto end = next + static_cast<std::ptrdiff_t>(shares.take(part.share));
    std::sort(next, end);  // a part keeps the order of the stream
    outputs.push_back(std::make_unique<StreamOutput>(
        StreamOutputOptions{part.path, options.compress}, stream.header()));
    for (; next != end; ++next) outputs.back()->write(stream.sample(*next));
  }
  for (const auto& output : outputs) output->close();
  return cli::kOk;
}

}  // namespace

cli::Command split_verb() {
  const auto options = std::make_shared<SplitOptions>();
  return {.name = "split",
          .purpose = "Divide the samples of a stream among several.",
          .examples =
              "akida-data split data.aks --to train.aks=0.8 --to test.aks=rest\n"
              "akida-data split --seed 3 data.aks --to few.aks=100\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_input(line, options->input);
                line.add_option("--to", options->parts,
                                "A part and its share: a count, a fraction with a point, or 'rest'")
                    .type_name("FILE=SHARE")
                    .required()
                    .repeatable();
                add_compress(line, options->compress);
                cli::add_seed(line, options->seed)
                    .description("Choose the samples at random instead of in order");
                cli::add_progress(line, options->progress);
              },
          .run = [options] { return run(*options); }};
}

}  // namespace akida::data_tool
