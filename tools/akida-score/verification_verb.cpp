// akida-score verification - do two embeddings belong to the same person?
#include <cmath>
#include <map>
#include <memory>

#include "akida-score/prediction_input.h"
#include "akida-score/score_verbs.h"
#include "base/error.h"
#include "common/report.h"
#include "common/shared_options.h"
#include "data/gzip.h"
#include "data/lines.h"
#include "data/words.h"
#include "eval/embeddings.h"
#include "eval/roc.h"
#include "io/batch.h"

namespace akida::score {
namespace {

struct VerificationOptions {
  std::string input = "-";
  std::string truth;  // path, empty: none
  std::string pairs;  // path, empty: samples that follow each other
  std::string distance = "cosine";
  std::size_t folds = 10;
  bool json = false;
  std::optional<bool> progress;
};

std::vector<float> embedding_of(const PredictionInput& input, const io::Batch& batch,
                                std::size_t index) {
  const std::vector<double> values = input.values_of(batch, index);
  return {values.begin(), values.end()};
}

eval::Likeness likeness_of(const VerificationOptions& options) {
  return options.distance == "cosine" ? eval::Likeness::kCosine : eval::Likeness::kEuclidean;
}

// Samples 0 and 1, 2 and 3, ...: the same person where their classes are equal.
std::vector<eval::ScoredSample> score_neighbours(const VerificationOptions& options,
                                                 PredictionInput& input) {
  if (input.header().labels != io::LabelKind::kClass) {
    fail(ErrorKind::kInvalid, "{}: without --pairs the samples need classes: the persons",
         input.name());
  }
  std::vector<eval::ScoredSample> pairs;
  std::vector<float> first;
  std::int32_t first_class = 0;
  for (io::Batch batch; input.next(batch);) {
    for (std::size_t i = 0; i < batch.size; ++i) {
      std::vector<float> here = embedding_of(input, batch, i);
      if (first.empty()) {
        first = std::move(here);
        first_class = batch.classes[i];
        continue;
      }
      pairs.push_back({eval::likeness(first, here, likeness_of(options)),
                       first_class >= 0 && first_class == batch.classes[i]});
      first.clear();
    }
  }
  if (!first.empty()) fail(ErrorKind::kInvalid, "{}: an odd number of samples", input.name());
  return pairs;
}

// What tabs part, where there are some, for ids may have blanks in them; else what blanks part.
std::vector<std::string_view> columns_of(std::string_view line) {
  if (line.find('\t') == std::string_view::npos) return data::words_of(line);
  std::vector<std::string_view> columns;
  for (;;) {
    const std::size_t tab = line.find('\t');
    columns.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return columns;
    line.remove_prefix(tab + 1);
  }
}

// The pairs of a file, whose samples are kept in memory.
std::vector<eval::ScoredSample> score_pairs(const VerificationOptions& options,
                                            PredictionInput& input) {
  std::map<std::string, std::vector<float>, std::less<>> embeddings;
  for (io::Batch batch; input.next(batch);) {
    for (std::size_t i = 0; i < batch.size; ++i) {
      if (!embeddings.emplace(batch.ids[i], embedding_of(input, batch, i)).second) {
        fail(ErrorKind::kInvalid, "{}: two samples have id '{}'", input.name(), batch.ids[i]);
      }
    }
  }
  data::LineReader lines(data::open_uncompressed(options.pairs));
  const auto find = [&](std::string_view id) -> const std::vector<float>& {
    const auto found = embeddings.find(id);
    if (found == embeddings.end()) {
      lines.refuse(fmt::format("no sample of {} has id '{}'", input.name(), id));
    }
    return found->second;
  };
  std::vector<eval::ScoredSample> pairs;
  for (std::string_view line; lines.next(line);) {
    const std::vector<std::string_view> words = columns_of(line);
    if (words.empty()) continue;
    if (words.size() != 3 || (words[2] != "0" && words[2] != "1")) {
      lines.refuse("a pair is not: id, id, 1 for the same person or 0");
    }
    pairs.push_back(
        {eval::likeness(find(words[0]), find(words[1]), likeness_of(options)), words[2] == "1"});
  }
  return pairs;
}

void print(const VerificationOptions& options, const std::string& name,
           const std::vector<eval::ScoredSample>& pairs) {
  std::uint64_t same = 0;
  for (const eval::ScoredSample& pair : pairs) same += pair.positive ? 1 : 0;
  if (same == 0 || same == pairs.size()) {
    fail(ErrorKind::kInvalid, "{}: all {} pairs are of {}: there is nothing to tell apart", name,
         pairs.size(), same == 0 ? "two persons" : "one person");
  }
  const eval::BestThreshold best = eval::best_threshold(pairs);
  const double accuracy = static_cast<double>(best.correct) / static_cast<double>(pairs.size());
  // Likeness is the negative distance; -0 would be printed as such. Infinite: all pairs are best
  // called the same.
  const double threshold = options.distance == "cosine" ? best.threshold : std::abs(best.threshold);
  const double auc = eval::roc_auc(pairs);
  const eval::FoldAccuracy folds = eval::fold_accuracy(pairs, options.folds);
  if (options.json) {
    nlohmann::ordered_json json = cli::make_report("verification");
    json["pairs"] = pairs.size();
    json["same"] = same;
    json["distance"] = options.distance;
    json["threshold"] = threshold;
    json["accuracy"] = accuracy;
    json["roc_auc"] = auc;
    json["folds"] = folds.accuracies;
    json["fold_accuracy"] = folds.mean;
    json["fold_deviation"] = folds.deviation;
    cli::print_report(json);
    return;
  }
  std::string place = fmt::format(
      "at {} {:.6g}", options.distance == "cosine" ? "cosine above" : "distance below", threshold);
  if (std::isinf(threshold)) {
    place = best.threshold > 0 ? "calling all pairs different" : "calling all pairs the same";
  }
  cli::print(fmt::format(
      "pairs {} ({} same)\naccuracy {:.2f} % {}\n{}-fold accuracy {:.2f} % +- {:.2f} %\n"
      "ROC-AUC {:.4f}\n",
      pairs.size(), same, 100 * accuracy, place, options.folds, 100 * folds.mean,
      100 * folds.deviation, auc));
}

int run_verification(const VerificationOptions& options) {
  cli::require_one_standard_input({options.input, options.truth, options.pairs});
  PredictionInput input(options.input, options.truth, options.progress);
  if (holds_classes(input)) {
    fail(ErrorKind::kInvalid, "{}: holds predicted classes, no embeddings", input.name());
  }
  const std::vector<eval::ScoredSample> pairs =
      options.pairs.empty() ? score_neighbours(options, input) : score_pairs(options, input);
  if (pairs.empty()) fail(ErrorKind::kInvalid, "{}: there are no pairs", input.name());
  print(options, input.name(), pairs);
  return cli::kOk;
}

}  // namespace

cli::Command verification_verb() {
  const auto options = std::make_shared<VerificationOptions>();
  return {.name = "verification",
          .purpose = "Tell pairs of embeddings of one person from those of two.",
          .examples =
              "akida-run evaluate faces.fbz pairs.aks | akida-score verification\n"
              "akida-score verification embeddings.aks --pairs pairs.txt\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_input(line, options->input, "EMBEDDINGS")
                    .description("Results of akida-run, '-' for standard input");
                line.add_option("--pairs", options->pairs,
                                "File of lines 'ID ID 1' (same person) and 'ID ID 0'; default: "
                                "samples 0 and 1, 2 and 3, ...")
                    .type_name("FILE");
                line.add_option("--truth", options->truth,
                                "Stream of the same samples whose classes are the persons")
                    .type_name("FILE");
                line.add_option("--distance", options->distance, "cosine or euclidean")
                    .one_of({"cosine", "euclidean"})
                    .show_default()
                    .type_name("NAME");
                line.add_option("--folds", options->folds,
                                "Parts of the cross-validation, cut in the order of the pairs")
                    .range(std::size_t{2}, std::size_t{1000})
                    .show_default()
                    .type_name("N");
                cli::add_json(line, options->json);
                cli::add_progress(line, options->progress);
              },
          .run = [options] { return run_verification(*options); },
          .verbs = {}};
}

}  // namespace akida::score
