// The results of a network in any of the forms of formats/predictions.md, as samples.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/sample_source.h"
#include "io/bytes.h"

namespace akida::data {

inline constexpr std::size_t kMaxPredictionLine = std::size_t{1} << 26;  // bytes

class PredictionSource : public SampleSource {
 public:
  // Every sample is the class that was predicted for it (i32, -1 for none): text lines and JSON
  // lines with `class`. A stream or an array may hold classes or values, which only its reader
  // knows: false.
  [[nodiscard]] virtual bool holds_classes() const { return false; }

  // Whether samples have names of their own; else their ids are their numbers.
  [[nodiscard]] virtual bool has_ids() const { return true; }

  // The names of the classes, by index, as far as they are known: those of a stream at once, those
  // that lines carry as they are read. Unknown ones in between are empty.
  [[nodiscard]] virtual std::vector<std::string> class_names() const {
    return header().class_names;
  }
};

// "-": standard input. A stream, a NumPy array, JSON lines or text, told apart by the first bytes:
//   stream  as it is;
//   .npy    [samples], [samples, channels] or [samples, height, width, channels], without labels;
//   JSON    `values` become f32 samples of the first line's shape (null: NaN), `class` i32 ones;
//           `label` may be a class, a list of targets or a list of boxes, or be missing everywhere;
//   text    i32 samples of one class; the fourth column is the label, or is empty everywhere.
// Throws kFormat naming file and line, kInvalid for what breaks a rule of streams.
[[nodiscard]] std::unique_ptr<PredictionSource> open_predictions(const std::string& path);
[[nodiscard]] std::unique_ptr<PredictionSource> open_predictions(
    std::unique_ptr<io::ByteSource> source);

}  // namespace akida::data
