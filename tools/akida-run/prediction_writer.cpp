#include "akida-run/prediction_writer.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "akida-run/labelled_values.h"
#include "common/report.h"
#include "common/sample_json.h"
#include "io/bytes.h"
#include "io/npy.h"
#include "io/stream.h"

namespace akida::run {
namespace {

using nlohmann::ordered_json;

class StreamPredictions final : public PredictionWriter {
 public:
  StreamPredictions(const std::string& path, const PredictionLayout& layout)
      : header_(labelled_header(layout.input, layout.type, layout.shape)),
        sink_(io::open_sink(path)),
        writer_(*sink_, header_) {}

  void write(const io::Batch& batch, const Dense&, const Dense& values) override {
    writer_.write(labelled_batch(header_, batch, values));
  }

  void flush() override { writer_.flush(); }

  void close() override {
    writer_.finish();
    sink_->close();
  }

 private:
  io::StreamHeader header_;
  std::unique_ptr<io::ByteSink> sink_;
  io::StreamWriter writer_;
};

class NpyPredictions final : public PredictionWriter {
 public:
  NpyPredictions(const std::string& path, PredictionLayout layout)
      : layout_(std::move(layout)), sink_(io::open_sink(path)) {}

  void write(const io::Batch&, const Dense&, const Dense& values) override {
    samples_ += values.dims().front();
    bytes_.insert(bytes_.end(), values.bytes().begin(), values.bytes().end());
  }

  void close() override {
    const Shape& shape = layout_.shape;
    std::vector<std::int64_t> dims = {samples_};
    if (!layout_.only_classes) {
      dims.insert(dims.end(), {shape.height, shape.width, shape.channels});
    }
    Dense array(layout_.type, dims);
    std::copy(bytes_.begin(), bytes_.end(), array.bytes().begin());
    io::write_npy(*sink_, array);
    sink_->close();
  }

 private:
  PredictionLayout layout_;
  std::unique_ptr<io::ByteSink> sink_;
  std::vector<std::byte> bytes_;
  std::int64_t samples_ = 0;
};

// What text and JSON share: one line per sample.
class LinePredictions : public PredictionWriter {
 public:
  LinePredictions(const std::string& path, PredictionLayout layout)
      : layout_(std::move(layout)), sink_(io::open_sink(path)) {}

  void write(const io::Batch& batch, const Dense& classes, const Dense& values) override {
    std::string text;
    for (std::int64_t sample = 0; sample < classes.size(); ++sample) {
      append_line(batch, sample, classes.data<std::int32_t>()[static_cast<std::size_t>(sample)],
                  values, text);
    }
    sink_->write(text);
  }

  void flush() override { sink_->flush(); }

  void close() override { sink_->close(); }

 protected:
  virtual void append_line(const io::Batch& batch, std::int64_t sample, std::int32_t class_index,
                           const Dense& values, std::string& text) const = 0;

  [[nodiscard]] const PredictionLayout& layout() const { return layout_; }

  // The name of a class; empty where it has none.
  [[nodiscard]] std::string class_name(std::int32_t class_index) const {
    const std::vector<std::string>& names = layout_.input.class_names;
    const auto index = static_cast<std::size_t>(class_index);
    return class_index >= 0 && index < names.size() ? names[index] : "";
  }

 private:
  PredictionLayout layout_;
  std::unique_ptr<io::ByteSink> sink_;
};

class TextPredictions final : public LinePredictions {
 public:
  using LinePredictions::LinePredictions;

 protected:
  void append_line(const io::Batch& batch, std::int64_t sample, std::int32_t class_index,
                   const Dense&, std::string& text) const override {
    const auto index = static_cast<std::size_t>(sample);
    text += fmt::format("{}\t{}\t{}\t", batch.ids[index], class_index, class_name(class_index));
    if (layout().input.labels == io::LabelKind::kClass) {
      text += fmt::to_string(batch.classes[index]);
    }
    text += '\n';
  }
};

// Element `index`, a float in the fewest digits that read back as the same float32.
void append_number(const Dense& values, std::int64_t index, std::string& text) {
  const double value = values.value(index);
  if (!std::isfinite(value)) {
    text += "null";
  } else if (values.type() == DType::kF32) {
    text += fmt::format("{}", static_cast<float>(value));
  } else {
    text += fmt::format("{:.0f}", value);
  }
}

// Nested lists of the lengths `dims`; `next` is the element that comes next.
void append_lists(const Dense& values, std::span<const std::int64_t> dims, std::int64_t& next,
                  std::string& text) {
  if (dims.empty()) {
    append_number(values, next++, text);
    return;
  }
  for (std::int64_t i = 0; i < dims.front(); ++i) {
    text += i == 0 ? '[' : ',';
    append_lists(values, dims.subspan(1), next, text);
  }
  text += ']';
}

class JsonPredictions final : public LinePredictions {
 public:
  using LinePredictions::LinePredictions;

 protected:
  void append_line(const io::Batch& batch, std::int64_t sample, std::int32_t class_index,
                   const Dense& values, std::string& text) const override {
    const auto index = static_cast<std::size_t>(sample);
    ordered_json line = {{"id", batch.ids[index]}};
    if (layout().only_classes) {
      line["class"] = class_index;
      const std::string name = class_name(class_index);
      if (!name.empty()) line["name"] = name;
    }
    if (layout().input.labels != io::LabelKind::kNone) {
      line["label"] = cli::label_json(layout().input, batch, index);
    }
    text += cli::json_text(line);
    if (!layout().only_classes) {
      text.pop_back();
      text += ",\"values\":";
      append_values(values, sample, text);
      text += '}';
    }
    text += '\n';
  }

 private:
  // [height][width][channels], flat where height and width are 1.
  void append_values(const Dense& values, std::int64_t sample, std::string& text) const {
    const Shape& shape = layout().shape;
    const std::array<std::int64_t, 3> dims = {shape.height, shape.width, shape.channels};
    const std::size_t flat = shape.height == 1 && shape.width == 1 ? 2 : 0;
    std::int64_t next = sample * shape.size();
    append_lists(values, std::span(dims).subspan(flat), next, text);
  }
};

}  // namespace

std::unique_ptr<PredictionWriter> open_predictions(const std::string& path,
                                                   const std::string& format,
                                                   PredictionLayout layout) {
  if (format == "text") return std::make_unique<TextPredictions>(path, std::move(layout));
  if (format == "json") return std::make_unique<JsonPredictions>(path, std::move(layout));
  if (format == "npy") return std::make_unique<NpyPredictions>(path, std::move(layout));
  return std::make_unique<StreamPredictions>(path, layout);
}

}  // namespace akida::run
