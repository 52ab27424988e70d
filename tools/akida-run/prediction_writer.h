// The results of a model in one of the forms of formats/predictions.md.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/sample.h"
#include "tensor/dense.h"
#include "tensor/shape.h"

namespace akida::run {

// What is the same for all samples.
struct PredictionLayout {
  io::StreamHeader input;     // whose labels and class names are passed on
  DType type = DType::kU8;    // of the values
  Shape shape;                // of the values of one sample
  bool only_classes = false;  // predict: the values are the classes
};

class PredictionWriter {
 public:
  virtual ~PredictionWriter() = default;

  // The first samples of `batch` with their classes, i32 [samples], and values [samples, height,
  // width, channels]; `batch` may have more samples.
  virtual void write(const io::Batch& batch, const Dense& classes, const Dense& values) = 0;

  // Hands on what was written, as far as the form allows: whoever reads the other end of a pipe has
  // it. Arrays (npy) come as a whole at the end.
  virtual void flush() {}

  // Completes the output and gives the file its name.
  virtual void close() = 0;
};

// `format`: aks, text, json or npy (which is kept in memory until close). `path`: "-" is standard
// output.
[[nodiscard]] std::unique_ptr<PredictionWriter> open_predictions(const std::string& path,
                                                                 const std::string& format,
                                                                 PredictionLayout layout);

}  // namespace akida::run
