#include "akida-train/epoch_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace akida::train {
namespace {

void add_score(nlohmann::ordered_json& object, const std::string& prefix, const nn::Score& score,
               nn::MetricType metric) {
  object[prefix + "loss"] = score.loss;
  if (metric != nn::MetricType::kNone) {
    object[prefix + std::string(name_of(metric))] = score.metric;
  }
}

std::string text_of(const std::string& prefix, const nn::Score& score, nn::MetricType metric) {
  std::string text = fmt::format(", {}loss {:.4f}", prefix, score.loss);
  if (metric == nn::MetricType::kAccuracy) {
    text += fmt::format(", {}accuracy {:.2f} %", prefix, 100 * score.metric);
  } else if (metric == nn::MetricType::kMeanAbsoluteError) {
    text += fmt::format(", {}mae {:.4f}", prefix, score.metric);
  }
  return text;
}

// The mean, and the classes that it is of.
std::string text_of(const nn::Measured& measured, const std::vector<std::string>& class_names) {
  std::vector<std::string> classes;
  for (std::size_t i = 0; i < measured.per_class.size(); ++i) {
    const std::string name = i < class_names.size() ? class_names[i] : std::to_string(i);
    classes.push_back(fmt::format("{} {:.2f} %", name, 100 * measured.per_class[i]));
  }
  return fmt::format(", validation mAP {:.2f} % ({})", 100 * measured.mean,
                     fmt::join(classes, ", "));
}

}  // namespace

std::string to_json(std::size_t epoch, const nn::EpochRecord& record, nn::MetricType metric) {
  nlohmann::ordered_json object = {{"epoch", epoch}, {"learning_rate", record.learning_rate}};
  add_score(object, "", record.training, metric);
  if (record.validation) add_score(object, "val_", *record.validation, metric);
  if (record.measured) {
    object["val_map"] = record.measured->mean;
    object["val_ap"] = record.measured->per_class;
  }
  return object.dump();
}

std::string to_text(std::size_t epoch, const nn::EpochRecord& record, nn::MetricType metric,
                    const std::vector<std::string>& class_names) {
  std::string text = text_of("", record.training, metric);
  if (record.validation) text += text_of("validation ", *record.validation, metric);
  if (record.measured) text += text_of(*record.measured, class_names);
  return fmt::format("epoch {}: {}", epoch, text.substr(2));
}

EpochLog::EpochLog(const std::string& path, const std::vector<nn::EpochRecord>& done,
                   nn::MetricType metric)
    : path_(path), metric_(metric) {
  if (path.empty()) return;
  file_.open(path == "-" ? "/dev/stdout" : path, std::ios::trunc);
  if (!file_) fail(ErrorKind::kIo, "{}: {}", path, std::strerror(errno));
  for (std::size_t i = 0; i < done.size(); ++i) add(i + 1, done[i]);
}

void EpochLog::add(std::size_t epoch, const nn::EpochRecord& record) {
  if (path_.empty()) return;
  file_ << to_json(epoch, record, metric_) << std::endl;
  if (!file_) fail(ErrorKind::kIo, "{}: {}", path_, std::strerror(errno));
}

}  // namespace akida::train
