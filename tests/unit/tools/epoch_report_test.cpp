#include "akida-train/epoch_report.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "base/error.h"
#include "scratch_directory.h"

using namespace akida;
using namespace akida::train;

namespace {

const nn::EpochRecord kValidated{.learning_rate = 0.001,
                                 .training = {.loss = 0.5, .metric = 0.75},
                                 .validation = nn::Score{.loss = 0.25, .metric = 0.875}};
const nn::EpochRecord kPlain{.learning_rate = 0.1, .training = {.loss = 2, .metric = 3.5}};

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("an epoch is one JSON object with the metric's name") {
  CHECK(to_json(3, kValidated, nn::MetricType::kAccuracy) ==
        R"({"epoch":3,"learning_rate":0.001,"loss":0.5,"accuracy":0.75,"val_loss":0.25,)"
        R"("val_accuracy":0.875})");
  CHECK(to_json(1, kPlain, nn::MetricType::kMeanAbsoluteError) ==
        R"({"epoch":1,"learning_rate":0.1,"loss":2.0,"mae":3.5})");
  CHECK(to_json(1, kPlain, nn::MetricType::kNone) ==
        R"({"epoch":1,"learning_rate":0.1,"loss":2.0})");
  nn::EpochRecord measured = kPlain;
  measured.measured = nn::Measured{0.25, {0.5, 0}};
  CHECK(to_json(1, measured, nn::MetricType::kNone) ==
        R"({"epoch":1,"learning_rate":0.1,"loss":2.0,"val_map":0.25,"val_ap":[0.5,0.0]})");
  CHECK(to_text(1, measured, nn::MetricType::kNone, {"cat"}) ==
        "epoch 1: loss 2.0000, validation mAP 25.00 % (cat 50.00 %, 1 0.00 %)");
}

TEST_CASE("an epoch for people") {
  CHECK(to_text(3, kValidated, nn::MetricType::kAccuracy) ==
        "epoch 3: loss 0.5000, accuracy 75.00 %, validation loss 0.2500, validation accuracy "
        "87.50 %");
  CHECK(to_text(1, kPlain, nn::MetricType::kMeanAbsoluteError) ==
        "epoch 1: loss 2.0000, mae 3.5000");
}

TEST_CASE("a log begins with the epochs that are done, whatever the file held") {
  const ScratchDirectory scratch;
  const std::string path = scratch / "log";
  std::ofstream(path) << "older\nlines\n";
  EpochLog log(path, {kPlain}, nn::MetricType::kNone);
  log.add(2, kPlain);
  CHECK(read(path) == to_json(1, kPlain, nn::MetricType::kNone) + '\n' +
                          to_json(2, kPlain, nn::MetricType::kNone) + '\n');
  CHECK_THROWS_AS(EpochLog(scratch / "none/log", {}, nn::MetricType::kNone), Error);
  EpochLog("", {kPlain}, nn::MetricType::kNone).add(1, kPlain);  // writes nothing
}
