#include "akida-train/train_options.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "parse_line.h"

using namespace akida;
using namespace akida::train;

namespace {

TrainOptions parse(const std::string& line) {
  TrainOptions options;
  const int status = test::parse_line(
      [&](cli::CommandLine& declared) { add_train_options(declared, options); }, line);
  CHECK(status == cli::kOk);
  return options;
}

std::string words(const std::string& line) {
  std::string text;
  for (const std::string& word : words_of(parse(line))) text += word + ' ';
  return text;
}

}  // namespace

TEST_CASE("options reach the training, names as values of the library's tables") {
  const TrainOptions options = parse(
      "m.fbz --optimizer sgd --schedule one-cycle --learning-rate 0.5 --epochs 7 --batch 9 "
      "--early-stopping 3 --augment flip");
  CHECK(options.training.optimizer.type == nn::OptimizerType::kSgd);
  CHECK(options.training.schedule.type == nn::ScheduleType::kOneCycle);
  CHECK(learning_rate_of(options) == 0.5);
  CHECK(options.training.epochs == 7);
  CHECK(options.training.batch_size == 9);
  CHECK(options.training.patience == 3U);
  CHECK(options.training.augmentation.flip);
}

TEST_CASE("the default learning rate is the optimizer's in Keras") {
  CHECK(learning_rate_of(parse("m.fbz")) == 0.001);
  CHECK(learning_rate_of(parse("m.fbz --optimizer sgd")) == 0.01);
}

TEST_CASE("a history holds what shapes the result, without folders, in one order") {
  CHECK(words("m.fbz") == "--epochs 10 ");
  CHECK(words("m.fbz -j 3 -o x.fbz --log l --checkpoint c --resume --progress") == "--epochs 10 ");
  CHECK(words("m.fbz --seed 4 --teacher a/b.fbz --alpha 0.5 --validation c/d.aks --loss mae") ==
        "--epochs 10 --loss mae --validation d.aks --teacher b.fbz --alpha 0.5 --seed 4 ");
  CHECK(words("m.fbz --augment shift=0.1,flip --min-gamma 0.01") ==
        "--epochs 10 --augment flip,shift=0.1 --min-gamma 0.01 ");
}

TEST_CASE("files that contradict each other are misuse") {
  CHECK_NOTHROW(check(parse("m.fbz a.aks -o x.fbz --log l --checkpoint c")));
  for (const char* line :
       {"- - -o x", "m.fbz - -o x --validation -", "m.fbz a.aks -o x --log x",
        "m.fbz a.aks -o x --checkpoint x", "m.fbz a.aks -o a.aks", "m.fbz a.aks -o x --log a.aks",
        "m.fbz a.aks -o b.aks --validation b.aks", "m.fbz a.aks -o x --checkpoint -"}) {
    INFO(line);
    CHECK_THROWS_AS(check(parse(line)), Error);
  }
}

TEST_CASE("options of another optimizer or schedule than the chosen one are misuse") {
  const auto mistake = [](const std::string& words) -> std::string {
    try {
      check(parse("m.fbz a.aks -o x.fbz " + words));
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  CHECK(mistake("--optimizer sgd --momentum 0.5").empty());
  CHECK(mistake("--optimizer adam --momentum 0.5") ==
        "--momentum belongs to --optimizer sgd, this is adam");
  CHECK(mistake("--schedule triangular --schedule-epochs 3 --final-learning-rate 0.1").empty());
  CHECK(mistake("--schedule step --schedule-epochs 3 --schedule-factor 0.5").empty());
  CHECK(mistake("--schedule cosine --schedule-factor 0.5") ==
        "--schedule-factor belongs to --schedule step, this is cosine");
  CHECK(mistake("--schedule cosine --schedule-epochs 3") ==
        "--schedule-epochs belongs to --schedule step and triangular, this is cosine");
  CHECK(mistake("--schedule step --final-learning-rate 0.1") ==
        "--final-learning-rate belongs to schedules with a lowest rate, this is step");
  TrainOptions options;
  const auto declare = [&](cli::CommandLine& line) { add_train_options(line, options); };
  for (const char* alone : {"--momentum 0.9", "--schedule-epochs 3", "--schedule-factor 0.1",
                            "--final-learning-rate 0.1"}) {
    CHECK(test::parse_line(declare, std::string("m.fbz ") + alone) == cli::kMisuse);
  }
}
