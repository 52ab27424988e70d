#include "nn/checkpoint.h"

#include <catch2/catch.hpp>

#include "base/crc32c.h"
#include "base/error.h"
#include "io/byte_fields.h"
#include "random_cnn.h"

using namespace akida;
using namespace akida::nn;
using Catch::Matchers::Contains;

namespace {

Checkpoint example() {
  Checkpoint checkpoint;
  checkpoint.settings = {{"--epochs", "5"}, {"--seed", "7"}, {"model", ""}};
  checkpoint.state.network = test::random_cnn(1);
  checkpoint.state.best = test::random_cnn(2);
  checkpoint.state.steps = 1'000'000'007;
  checkpoint.state.optimizer_state = {{0.5F, -1e-30F}, {}, {3}};
  checkpoint.state.epochs = {
      {.learning_rate = 1e-3, .training = {.loss = 2.5, .metric = 0.1}},
      {.learning_rate = 1e-4, .training = {1.5, 0.2}, .validation = Score{1.75, 0.15}},
      {.training = {1, 0.3}, .validation = Score{1.5, 0.2}, .measured = Measured{0.25, {0.5, 0}}}};
  checkpoint.state.best_epoch = 2;
  return checkpoint;
}

// The file with its last four bytes made the checksum of the others.
std::vector<std::byte> with_right_checksum(std::vector<std::byte> bytes) {
  bytes.resize(bytes.size() - 4);
  io::put(bytes, crc32c(bytes));
  return bytes;
}

}  // namespace

TEST_CASE("a checkpoint comes back as it was, and writes the same bytes again") {
  const Checkpoint written = example();
  const auto bytes = encode_checkpoint(written);
  const Checkpoint read = decode_checkpoint(bytes);
  CHECK(read.settings == written.settings);
  CHECK(read.state.network == written.state.network);
  CHECK(read.state.network.info == written.state.network.info);
  REQUIRE(read.state.best);
  CHECK(*read.state.best == *written.state.best);
  CHECK(read.state.steps == 1'000'000'007);
  CHECK(read.state.optimizer_state == written.state.optimizer_state);
  REQUIRE(read.state.epochs.size() == 3);
  CHECK_FALSE(read.state.epochs[0].validation);
  CHECK(read.state.epochs[1].validation->loss == 1.75);
  CHECK(read.state.epochs[1].training.metric == 0.2);
  CHECK_FALSE(read.state.epochs[1].measured);
  CHECK(read.state.epochs[2].measured == Measured{0.25, {0.5, 0}});
  CHECK(read.state.best_epoch == 2);
  CHECK((encode_checkpoint(read) == bytes));
}

TEST_CASE("every changed byte and every prefix is refused") {
  const auto bytes = encode_checkpoint(example());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto damaged = bytes;
    damaged[i] ^= std::byte{0x10};
    CHECK_THROWS_AS(decode_checkpoint(damaged), Error);
    CHECK_THROWS_AS(decode_checkpoint(std::span(bytes).first(i)), Error);
  }
}

TEST_CASE("numbers that lie behind a right checksum give an Error or a checkpoint, nothing else") {
  const auto bytes = encode_checkpoint(example());
  for (std::size_t i = 8; i + 4 < bytes.size(); ++i) {
    auto hostile = bytes;
    for (std::size_t j = i; j < std::min(i + 4, bytes.size() - 4); ++j) hostile[j] = std::byte{255};
    try {
      (void)decode_checkpoint(with_right_checksum(hostile));  // may be another valid number
    } catch (const Error&) {
      continue;
    }
  }
  auto hostile = bytes;
  hostile[11] = std::byte{1};  // of the setting count
  CHECK_THROWS_WITH(decode_checkpoint(with_right_checksum(hostile)),
                    "offset 8: setting count 16777219 exceeds limit 256");
  auto longer = bytes;
  longer.insert(longer.end() - 4, std::byte{0});
  CHECK_THROWS_WITH(decode_checkpoint(with_right_checksum(longer)),
                    Contains("1 bytes follow the last field"));
}

TEST_CASE("other files and other versions are told apart") {
  auto bytes = encode_checkpoint(example());
  bytes[3] = std::byte{'2'};
  CHECK_THROWS_WITH(decode_checkpoint(bytes),
                    "offset 3: checkpoint version 2 is unknown, this reader knows 1");
  bytes[0] = std::byte{'B'};
  CHECK_THROWS_WITH(decode_checkpoint(bytes), "offset 0: no checkpoint, the magic is missing");
  CHECK_THROWS_WITH(decode_checkpoint({}), "offset 0: checkpoint is truncated: 0 bytes");
}

TEST_CASE("a training resumes only with the settings it began with") {
  const Checkpoint checkpoint = example();
  auto settings = checkpoint.settings;
  CHECK_NOTHROW(require_settings(checkpoint, settings));
  settings["--epochs"] = "10";
  CHECK_THROWS_WITH(require_settings(checkpoint, settings),
                    "the checkpoint belongs to another training: --epochs was '5', now '10'");
  settings.erase("--epochs");
  CHECK_THROWS_WITH(require_settings(checkpoint, settings), Contains("was '5', now absent"));
  settings = checkpoint.settings;
  settings["--loss"] = "mse";
  CHECK_THROWS_WITH(require_settings(checkpoint, settings), Contains("was absent, now 'mse'"));
}
