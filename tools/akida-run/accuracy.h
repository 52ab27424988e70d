// How many samples got the class of their label.
#pragma once

#include <cstdint>
#include <string>

#include "io/sample.h"
#include "tensor/dense.h"

namespace akida::run {

class Accuracy {
 public:
  // Counts the first classes.size() samples of `batch`; `classes` is i32. Samples whose label is
  // unknown (-1) are not counted.
  void count(const io::Batch& batch, const Dense& classes);

  // Writes the report to standard output: "accuracy 93.82 % (9382 of 10000)" or a JSON object.
  // Throws kInvalid, naming the samples, where none was counted.
  void report(bool json, const std::string& name) const;

 private:
  std::uint64_t samples_ = 0;
  std::uint64_t correct_ = 0;
};

}  // namespace akida::run
