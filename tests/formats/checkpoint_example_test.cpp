// A checkpoint that another program wrote from the specification alone.
#include <catch2/catch.hpp>

#include "codec/model_file.h"
#include "nn/checkpoint.h"

using namespace akida;

namespace {

const std::string kTestdata = AKIDA_TESTDATA;

}  // namespace

TEST_CASE("a checkpoint of another writer is read, field by field") {
  const nn::Checkpoint read = nn::load_checkpoint(kTestdata + "/checkpoints/small.ckpt");
  CHECK(read.settings == std::map<std::string, std::string>{{"--epochs", "3"}, {"--seed", "7"}});
  const nn::TrainingState& state = read.state;
  const cnn::Network model = codec::load_network(kTestdata + "/models/cnn.fb");
  CHECK(state.network == model);
  REQUIRE(state.best);
  CHECK(*state.best == model);
  CHECK(state.steps == 188);
  CHECK(state.optimizer_state == std::vector<std::vector<float>>{{0.5F, -0.25F}, {}});
  REQUIRE(state.epochs.size() == 2);
  CHECK(state.epochs[0].learning_rate == 0.001);
  CHECK(state.epochs[0].training.loss == 2.5);
  CHECK_FALSE(state.epochs[0].validation);
  CHECK(state.epochs[1].training.metric == 0.5);
  REQUIRE(state.epochs[1].validation);
  CHECK(state.epochs[1].validation->loss == 1.75);
  CHECK(state.epochs[1].validation->metric == 0.375);
  CHECK(state.best_epoch == 2);
}
