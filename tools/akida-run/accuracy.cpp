#include "akida-run/accuracy.h"

#include <fmt/format.h>

#include "base/error.h"
#include "common/command.h"
#include "common/report.h"

namespace akida::run {

void Accuracy::count(const io::Batch& batch, const Dense& classes) {
  const std::span<const std::int32_t> predicted = classes.data<std::int32_t>();
  for (std::size_t sample = 0; sample < predicted.size(); ++sample) {
    if (batch.classes[sample] < 0) continue;
    ++samples_;
    if (batch.classes[sample] == predicted[sample]) ++correct_;
  }
}

void Accuracy::report(bool json, const std::string& name) const {
  if (samples_ == 0) {
    fail(ErrorKind::kInvalid, "{}: no accuracy: no sample has a known label", name);
  }
  const double share = static_cast<double>(correct_) / static_cast<double>(samples_);
  if (!json) {
    cli::print(fmt::format("accuracy {:.2f} % ({} of {})\n", share * 100, correct_, samples_));
    return;
  }
  nlohmann::ordered_json report = cli::make_report("accuracy");
  report["samples"] = samples_;
  report["correct"] = correct_;
  report["accuracy"] = share;
  cli::print_report(report);
}

}  // namespace akida::run
