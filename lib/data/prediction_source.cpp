#include "data/prediction_source.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/error.h"
#include "data/lines.h"
#include "data/prediction_json.h"
#include "io/batch.h"
#include "io/npy.h"
#include "io/stream.h"

namespace akida::data {
namespace {

constexpr std::size_t kBatchSamples = 4096;

class StreamSource final : public PredictionSource {
 public:
  explicit StreamSource(std::unique_ptr<io::ByteSource> source)
      : source_(std::move(source)), reader_(*source_) {
    header_ = reader_.header();
  }

  [[nodiscard]] std::string name() const override { return source_->name(); }
  bool next(io::Batch& batch) override { return reader_.next(batch); }

 private:
  std::unique_ptr<io::ByteSource> source_;
  io::StreamReader reader_;
};

class ArraySource final : public PredictionSource {
 public:
  explicit ArraySource(std::unique_ptr<io::ByteSource> source)
      : source_(std::move(source)), reader_(*source_) {
    const std::vector<std::int64_t>& dims = reader_.dims();
    const auto side = [&](std::size_t axis) {
      if (dims[axis] < 1 || dims[axis] > io::kMaxSide) {
        fail(ErrorKind::kInvalid, "{}: {} elements along axis {} are outside 1..{}", name(),
             dims[axis], axis, io::kMaxSide);
      }
      return static_cast<std::int32_t>(dims[axis]);
    };
    if (dims.size() == 3) {
      fail(ErrorKind::kInvalid, "{}: an array of 3 dimensions holds no predictions", name());
    }
    header_.shape = {1, 1, dims.size() == 1 ? 1 : side(dims.size() - 1)};
    if (dims.size() == 4) header_.shape = {side(2), side(1), side(3)};
    header_.dtype = reader_.type();
    in_context(name(), [&] { io::validate(header_); });
  }

  [[nodiscard]] std::string name() const override { return source_->name(); }
  [[nodiscard]] bool has_ids() const override { return false; }

  bool next(io::Batch& batch) override {
    const std::int64_t bytes =
        header_.shape.size() * static_cast<std::int64_t>(size_of(header_.dtype));
    const Dense rows = reader_.read_rows(
        std::max<std::int64_t>(static_cast<std::int64_t>(kBatchBytes) / bytes, 1));
    const std::int64_t count = rows.dims().front();
    batch = {.size = static_cast<std::size_t>(count)};
    if (count == 0) return false;
    batch.dense = Dense(rows.type(),
                        {count, header_.shape.height, header_.shape.width, header_.shape.channels});
    std::ranges::copy(rows.bytes(), batch.dense.bytes().begin());
    for (std::int64_t i = 0; i < count; ++i) batch.ids.push_back(std::to_string(samples_++));
    return true;
  }

 private:
  std::unique_ptr<io::ByteSource> source_;
  io::NpyReader reader_;
  std::uint64_t samples_ = 0;
};

// id<TAB>class<TAB>name<TAB>truth
PredictionLine parse_text(std::string_view line) {
  std::vector<std::string_view> columns;
  for (;;) {
    const std::size_t end = line.find('\t');
    columns.push_back(line.substr(0, end));
    if (end == std::string_view::npos) break;
    line.remove_prefix(end + 1);
  }
  if (columns.size() != 4) {
    fail(ErrorKind::kFormat, "{} columns instead of id, class, name and truth parted by tabs",
         columns.size());
  }
  const auto number = [&](std::size_t column, const char* what) {
    std::int32_t value = 0;
    const std::string_view text = columns[column];
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
      fail(ErrorKind::kFormat, "{} '{}' is no number", what, text);
    }
    return value;
  };
  PredictionLine result{.id = std::string(columns[0]),
                        .class_index = number(1, "class"),
                        .class_name = std::string(columns[2])};
  if (!columns[3].empty()) {
    result.labels = io::LabelKind::kClass;
    result.label_class = number(3, "truth");
  }
  return result;
}

// Text and JSON, one sample a line.
class LinesSource final : public PredictionSource {
 public:
  explicit LinesSource(std::unique_ptr<io::ByteSource> source)
      : json_(std::ranges::equal(source->peek(1), std::array{std::byte{'{'}})),
        lines_(std::move(source), kMaxPredictionLine) {
    first_ = read_line();
    if (!first_) fail(ErrorKind::kFormat, "{}: holds no predictions", lines_.name());
    header_.dtype = first_->class_index ? DType::kI32 : DType::kF32;
    header_.shape = first_->shape;
    header_.labels = first_->labels;
    header_.targets = static_cast<std::uint32_t>(first_->targets.size());
    check([&] { io::validate(header_); });
  }

  [[nodiscard]] std::string name() const override { return lines_.name(); }
  [[nodiscard]] bool holds_classes() const override { return header_.dtype == DType::kI32; }
  [[nodiscard]] std::vector<std::string> class_names() const override { return names_; }

  bool next(io::Batch& batch) override {
    batch = {};
    const auto sample = static_cast<std::size_t>(header_.shape.size());
    const std::size_t most = std::clamp(kBatchBytes / sample, std::size_t{1}, kBatchSamples);
    std::vector<float> values;
    std::vector<std::int32_t> classes;
    while (batch.size < most) {
      std::optional<PredictionLine> line = first_ ? std::exchange(first_, {}) : read_line();
      if (!line) break;
      require_same_kind(*line);
      if (line->class_index) {
        note_name(*line->class_index, line->class_name);
        classes.push_back(*line->class_index);
      }
      values.insert(values.end(), line->values.begin(), line->values.end());
      append(std::move(*line), batch);
    }
    if (batch.size == 0) return false;
    const std::vector<std::int64_t> dims = {static_cast<std::int64_t>(batch.size),
                                            header_.shape.height, header_.shape.width,
                                            header_.shape.channels};
    batch.dense = holds_classes() ? Dense::from<std::int32_t>(classes, dims)
                                  : Dense::from<float>(values, dims);
    in_context(lines_.name(), [&] { io::validate(header_, batch, samples_); });
    samples_ += batch.size;
    return true;
  }

 private:
  // An Error of `work` becomes one that names file and line.
  template <typename Work>
  std::invoke_result_t<Work> check(const Work& work) {
    return in_context(fmt::format("{}: line {}", lines_.name(), lines_.number()), work);
  }

  std::optional<PredictionLine> read_line() {
    std::string_view line;
    if (!lines_.next(line)) return {};
    return check([&] { return json_ ? parse_prediction_json(line) : parse_text(line); });
  }

  void require_same_kind(const PredictionLine& line) {
    if (line.class_index.has_value() != holds_classes()) {
      lines_.refuse("a line with a class among lines with values");
    }
    if (line.shape != header_.shape) {
      lines_.refuse(fmt::format("values are {}, those of line 1 {} (width, height, channels)",
                                to_string(line.shape), to_string(header_.shape)));
    }
    if (line.labels != header_.labels || line.targets.size() != header_.targets) {
      lines_.refuse("its label is of another kind than that of line 1");
    }
  }

  void note_name(std::int32_t class_index, const std::string& class_name) {
    if (class_index < 0 || class_name.empty()) return;
    const auto index = static_cast<std::size_t>(class_index);
    if (index >= io::kMaxClasses) {
      lines_.refuse(fmt::format("class {} exceeds limit {}", index, io::kMaxClasses - 1));
    }
    if (index >= names_.size()) names_.resize(index + 1);
    names_[index] = class_name;
  }

  void append(PredictionLine line, io::Batch& batch) {
    ++batch.size;
    batch.ids.push_back(std::move(line.id));
    if (header_.labels == io::LabelKind::kClass) batch.classes.push_back(line.label_class);
    batch.targets.insert(batch.targets.end(), line.targets.begin(), line.targets.end());
    if (header_.labels == io::LabelKind::kBoxes) batch.boxes.push_back(std::move(line.boxes));
  }

  bool json_;
  LineReader lines_;
  std::optional<PredictionLine> first_;  // read early, for the header
  std::vector<std::string> names_;
  std::uint64_t samples_ = 0;
};

}  // namespace

std::unique_ptr<PredictionSource> open_predictions(std::unique_ptr<io::ByteSource> source) {
  const auto begins_with = [&](std::span<const std::byte> magic) {
    return std::ranges::equal(source->peek(magic.size()), magic);
  };
  if (begins_with(io::stream_magic())) return std::make_unique<StreamSource>(std::move(source));
  if (begins_with(io::npy_magic())) return std::make_unique<ArraySource>(std::move(source));
  return std::make_unique<LinesSource>(std::move(source));
}

std::unique_ptr<PredictionSource> open_predictions(const std::string& path) {
  return open_predictions(io::open_source(path));
}

}  // namespace akida::data
