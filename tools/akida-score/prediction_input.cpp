#include "akida-score/prediction_input.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "common/class_names.h"
#include "io/batch.h"

namespace akida::score {

PredictionInput::PredictionInput(const std::string& path, const std::string& truth,
                                 std::optional<bool> progress)
    : source_(data::open_predictions(path)),
      header_(source_->header()),
      progress_(progress, "samples") {
  if (truth.empty()) return;
  truth_source_ = io::open_source(truth);
  truth_.emplace(*truth_source_);
  header_.labels = truth_->header().labels;
  header_.targets = truth_->header().targets;
  header_.class_names = truth_->header().class_names;
}

std::string PredictionInput::labels_name() const {
  return truth_source_ ? truth_source_->name() : name();
}

std::vector<std::string> PredictionInput::class_names() const {
  return header_.class_names.empty() ? source_->class_names() : header_.class_names;
}

bool PredictionInput::next(io::Batch& batch) {
  if (!source_->next(batch)) {
    if (truth_) require_truth_ends();
    return false;
  }
  if (truth_) {
    take_labels(batch);
    cli::require_same_names(source_->class_names(), name(), truth_->header().class_names,
                            labels_name());
  }
  samples_ += batch.size;
  progress_.update(samples_, std::nullopt);
  return true;
}

void PredictionInput::take_labels(io::Batch& batch) {
  batch.classes.clear();
  batch.targets.clear();
  batch.boxes.clear();
  for (std::size_t i = 0; i < batch.size; ++i, ++truth_taken_) {
    while (truth_taken_ == truth_batch_.size) {
      truth_taken_ = 0;
      if (!truth_->next(truth_batch_)) {
        fail(ErrorKind::kInvalid, "{}: has only {} samples, {} has more", truth_source_->name(),
             samples_ + i, name());
      }
    }
    const std::size_t at = truth_taken_;
    if (!source_->has_ids()) batch.ids[i] = truth_batch_.ids[at];
    if (batch.ids[i] != truth_batch_.ids[at]) {
      fail(ErrorKind::kInvalid, "{}: sample {} has id '{}', in {} '{}'", name(), samples_ + i,
           batch.ids[i], truth_source_->name(), truth_batch_.ids[at]);
    }
    if (header_.labels == io::LabelKind::kClass) batch.classes.push_back(truth_batch_.classes[at]);
    if (header_.labels == io::LabelKind::kBoxes) batch.boxes.push_back(truth_batch_.boxes[at]);
    const auto first =
        truth_batch_.targets.begin() + static_cast<std::ptrdiff_t>(at * header_.targets);
    batch.targets.insert(batch.targets.end(), first, first + header_.targets);
  }
}

void PredictionInput::require_truth_ends() {
  io::Batch rest;
  if (truth_taken_ < truth_batch_.size || truth_->next(rest)) {
    fail(ErrorKind::kInvalid, "{}: has more samples than the {} of {}", truth_source_->name(),
         samples_, name());
  }
}

std::vector<double> PredictionInput::values_of(const io::Batch& batch, std::size_t index,
                                               bool may_be_infinite) const {
  const std::int64_t size = header_.shape.size();
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(size));
  for (std::int64_t i = 0; i < size; ++i) {
    values.push_back(batch.dense.value(static_cast<std::int64_t>(index) * size + i));
    if (std::isnan(values.back()) || (std::isinf(values.back()) && !may_be_infinite)) {
      fail(ErrorKind::kInvalid, "{}: sample '{}': output {} is {}", name(), batch.ids[index], i,
           std::isnan(values.back()) ? "no number" : "infinite");
    }
  }
  return values;
}

bool holds_classes(const PredictionInput& input) {
  return input.source().holds_classes() ||
         (input.header().dtype == DType::kI32 && input.header().shape.size() == 1);
}

}  // namespace akida::score
