// Results as classes: accuracy, top-k, precision and recall, confusion.
#include <algorithm>
#include <cmath>

#include "akida-score/label_tasks.h"
#include "base/error.h"
#include "common/command.h"
#include "common/report.h"
#include "eval/class_score.h"
#include "eval/confusion_svg.h"
#include "eval/roc.h"
#include "io/bytes.h"

namespace akida::score {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int32_t kMaxPrinted = 1000;  // classes of a matrix as text or JSON

class ClassTask {
 public:
  ClassTask(const LabelsOptions& options, PredictionInput& input)
      : options_(options),
        input_(input),
        holds_classes_(holds_classes(input)),
        top_(options.top.size(), 0) {
    std::ranges::sort(options_.top);
    if (input.header().labels != io::LabelKind::kClass) {
      fail(ErrorKind::kInvalid, "{}: its labels are no classes", input.labels_name());
    }
    if (holds_classes_ && (!options.top.empty() || options.auc || options.classes > 0)) {
      fail(ErrorKind::kInvalid, "{}: holds classes; --top, --auc and --classes need values",
           input.name());
    }
    const Shape& shape = input.header().shape;
    if (shape.channels == 1 && shape.size() > 1) {
      fail(ErrorKind::kInvalid, "{}: samples of {} x {} values of one channel are no predictions",
           input.name(), shape.height, shape.width);
    }
    if (options.classes > 0 && shape.channels % options.classes != 0) {
      fail(ErrorKind::kUsage, "{}: its {} outputs cannot be divided into {} classes", input.name(),
           shape.channels, options.classes);
    }
    if (options.classes > 0) {
      neurons_per_class_ = static_cast<std::size_t>(shape.channels / options.classes);
    }
  }

  void run() {
    for (io::Batch batch; input_.next(batch);) {
      for (std::size_t i = 0; i < batch.size; ++i) add(batch, i);
    }
    require_samples(confusion_.samples(), unknown_, input_);
    names_ = class_names_of(options_, input_);
    require_names();
    classes_ = confusion_.classes();
    for (const eval::ClassReport& report : classes_) aucs_.push_back(auc_of(report.class_index));
    if (!options_.svg.empty()) {
      const std::string svg = eval::confusion_svg(confusion_, names_);
      const auto sink = io::open_sink(options_.svg);
      sink->write(svg);
      sink->close();
    }
    if (options_.json) {
      cli::print_report(report());
    } else {
      cli::print(text());
    }
  }

 private:
  // A list of names that was asked for names every class.
  void require_names() const {
    const auto classes = static_cast<std::size_t>(confusion_.class_count());
    if (options_.class_names.empty() || names_.size() >= classes) return;
    fail(ErrorKind::kInvalid, "{}: names {} classes, there are {}", options_.class_names,
         names_.size(), classes);
  }

  void add(const io::Batch& batch, std::size_t index) {
    const std::int32_t truth = batch.classes[index];
    if (truth < 0) {
      ++unknown_;
      return;
    }
    if (holds_classes_) {
      confusion_.add(truth, batch.dense.data<std::int32_t>()[index]);
      return;
    }
    const std::vector<double> values = eval::class_values(
        input_.values_of(batch, index, true),
        static_cast<std::size_t>(input_.header().shape.channels), neurons_per_class_);
    // Levels that are all 0: no neuron spiked (DESIGN: predict).
    const bool silent = input_.header().dtype == DType::kU8 &&
                        std::ranges::all_of(values, [](double value) { return value == 0; });
    const auto best = std::ranges::max_element(values);
    confusion_.add(truth,
                   silent ? eval::kNoClass : static_cast<std::int32_t>(best - values.begin()));
    const std::size_t rank = silent ? values.size() : eval::rank_of(values, truth);
    for (std::size_t i = 0; i < top_.size(); ++i) top_[i] += rank < options_.top[i] ? 1 : 0;
    if (options_.auc) {
      scores_.insert(scores_.end(), values.begin(), values.end());
      truths_.push_back(truth);
    }
  }

  [[nodiscard]] double auc_of(std::int32_t class_index) const {
    const std::size_t count = truths_.empty() ? 0 : scores_.size() / truths_.size();
    const auto index = static_cast<std::size_t>(class_index);
    if (index >= count) return std::nan("");
    std::vector<eval::ScoredSample> samples;
    for (std::size_t i = 0; i < truths_.size(); ++i) {
      samples.push_back({scores_[i * count + index], truths_[i] == class_index});
    }
    return eval::roc_auc(samples);
  }

  [[nodiscard]] double share(std::uint64_t part) const {
    return confusion_.samples() == 0
               ? 0
               : static_cast<double>(part) / static_cast<double>(confusion_.samples());
  }

  [[nodiscard]] std::string text() const {
    const auto line = [&](const std::string& name, std::uint64_t correct) {
      return fmt::format("{} {:.2f} % ({} of {})\n", name, 100 * share(correct), correct,
                         confusion_.samples());
    };
    std::string out = line("accuracy", confusion_.correct());
    for (std::size_t i = 0; i < top_.size(); ++i) {
      out += line(fmt::format("top-{}", options_.top[i]), top_[i]);
    }
    if (unknown_ > 0) out += fmt::format("unknown {}\n", unknown_);
    const eval::MacroMeans means = eval::macro_means(classes_);
    out += fmt::format("macro precision {:.4f}  recall {:.4f}  F1 {:.4f}\n", means.precision,
                       means.recall, means.f1);
    if (options_.auc) {
      out += fmt::format("macro ROC-AUC {}", auc_text(mean_auc()));
      if (defined_aucs() < aucs_.size()) {
        out += fmt::format(" ({} of {} classes)", defined_aucs(), aucs_.size());
      }
      out += '\n';
    }
    if (options_.per_class) out += class_table();
    if (options_.confusion) out += matrix_text();
    return out;
  }

  // Classes that are the truth of some samples and of some not.
  [[nodiscard]] std::size_t defined_aucs() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(aucs_, [](double auc) { return !std::isnan(auc); }));
  }

  [[nodiscard]] double mean_auc() const {
    double sum = 0;
    for (const double auc : aucs_) sum += std::isnan(auc) ? 0 : auc;
    return sum / static_cast<double>(defined_aucs());
  }

  [[nodiscard]] std::string label(std::int32_t class_index) const {
    return eval::class_label(class_index, names_);
  }

  [[nodiscard]] std::string class_table() const {
    std::size_t width = 5;
    for (const eval::ClassReport& report : classes_) {
      width = std::max(width, label(report.class_index).size());
    }
    std::string out = fmt::format("{:<{}}  precision  recall      F1  samples{}\n", "class", width,
                                  options_.auc ? "  ROC-AUC" : "");
    for (std::size_t i = 0; i < classes_.size(); ++i) {
      const eval::ClassReport& report = classes_[i];
      out += fmt::format("{:<{}}  {:9.4f}  {:6.4f}  {:6.4f}  {:7}", label(report.class_index),
                         width, report.precision(), report.recall(), report.f1(), report.samples);
      out += options_.auc ? fmt::format("  {:>7}\n", auc_text(aucs_[i])) : "\n";
    }
    return out;
  }

  void require_printable() const {
    if (confusion_.class_count() > kMaxPrinted) {
      fail(ErrorKind::kInvalid, "a confusion matrix of {} classes exceeds limit {}",
           confusion_.class_count(), kMaxPrinted);
    }
  }

  // The column of samples without a prediction comes last.
  [[nodiscard]] std::vector<std::int32_t> columns() const {
    std::vector<std::int32_t> columns;
    bool unpredicted = false;
    for (std::int32_t c = 0; c < confusion_.class_count(); ++c) {
      columns.push_back(c);
      unpredicted = unpredicted || confusion_.count(c, eval::kNoClass) > 0;
    }
    if (unpredicted) columns.push_back(eval::kNoClass);
    return columns;
  }

  [[nodiscard]] std::string matrix_text() const {
    require_printable();
    std::size_t width = fmt::to_string(confusion_.samples()).size();
    std::size_t first = 15;
    for (const std::int32_t column : columns()) {
      width = std::max(width, label(column).size());
      first = std::max(first, label(column).size());
    }
    std::string out = fmt::format("{:<{}}", "true\\predicted", first);
    for (const std::int32_t column : columns())
      out += fmt::format("  {:>{}}", label(column), width);
    out += '\n';
    for (std::int32_t truth = 0; truth < confusion_.class_count(); ++truth) {
      out += fmt::format("{:<{}}", label(truth), first);
      for (const std::int32_t column : columns()) {
        out += fmt::format("  {:>{}}", confusion_.count(truth, column), width);
      }
      out += '\n';
    }
    return out;
  }

  [[nodiscard]] Json report() const {
    Json json = cli::make_report("classes");
    json["samples"] = confusion_.samples();
    json["unknown"] = unknown_;
    json["correct"] = confusion_.correct();
    json["accuracy"] = confusion_.accuracy();
    for (std::size_t i = 0; i < top_.size(); ++i) {
      json["top"][std::to_string(options_.top[i])] = share(top_[i]);
    }
    const eval::MacroMeans means = eval::macro_means(classes_);
    json["macro"] = {{"precision", means.precision}, {"recall", means.recall}, {"f1", means.f1}};
    if (options_.auc) {
      json["macro"]["roc_auc"] = mean_auc();
      json["macro"]["roc_auc_classes"] = defined_aucs();
    }
    json["classes"] = Json::array();
    for (std::size_t i = 0; i < classes_.size(); ++i) {
      const eval::ClassReport& report = classes_[i];
      Json entry = {{"class", report.class_index}, {"name", label(report.class_index)},
                    {"samples", report.samples},   {"predicted", report.predicted},
                    {"correct", report.correct},   {"precision", report.precision()},
                    {"recall", report.recall()},   {"f1", report.f1()}};
      if (options_.auc) entry["roc_auc"] = aucs_[i];
      json["classes"].push_back(std::move(entry));
    }
    if (options_.confusion) add_matrix(json);
    return json;
  }

  void add_matrix(Json& json) const {
    require_printable();
    json["predicted"] = columns();
    json["confusion"] = Json::array();
    for (std::int32_t truth = 0; truth < confusion_.class_count(); ++truth) {
      Json row = Json::array();
      for (const std::int32_t column : columns()) row.push_back(confusion_.count(truth, column));
      json["confusion"].push_back(std::move(row));
    }
  }

  LabelsOptions options_;
  PredictionInput& input_;
  bool holds_classes_;
  std::size_t neurons_per_class_ = 1;
  eval::Confusion confusion_;
  std::vector<std::uint64_t> top_;  // samples whose class is among the first so many
  std::uint64_t unknown_ = 0;       // samples labelled -1
  std::vector<double> scores_;      // with --auc: [samples][classes]
  std::vector<std::int32_t> truths_;
  std::vector<std::string> names_;
  std::vector<eval::ClassReport> classes_;
  std::vector<double> aucs_;
};

}  // namespace

void score_classes(const LabelsOptions& options, PredictionInput& input) {
  ClassTask(options, input).run();
}

}  // namespace akida::score
