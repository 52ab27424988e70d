// Model files that are broken: cut short, damaged, hostile. And model files that are not, written
// by flatc from the schema alone.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "base/error.h"
#include "base/random.h"
#include "codec/architecture.h"
#include "codec/model_file.h"
#include "failed_table.h"
#include "io/bytes.h"
#include "random_cnn.h"
#include "random_model.h"

using namespace akida;
using namespace akida::codec;
namespace fs = std::filesystem;

namespace {

const fs::path kTestdata = AKIDA_TESTDATA;

template <typename Read>
std::string error_of(const Read& read) {
  try {
    static_cast<void>(read());
    return "no error";
  } catch (const Error& error) {
    return error.what();
  }
}

// Every file of the table is refused with its message, and every file is in the table.
template <typename Model>
void check_corpus(const std::vector<std::string_view>& extensions, std::string_view prefix,
                  Model (*read)(const std::string&)) {
  std::set<std::string> listed;
  for (const auto& [file, message] : failed_table(kTestdata / "failed" / "README.md", extensions)) {
    listed.insert(file);
    const std::string path = (kTestdata / "failed" / file).string();
    CHECK(error_of([&] { return read(path); }) == path + ": " + message);
  }
  for (const auto& entry : fs::directory_iterator(kTestdata / "failed")) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(prefix)) CHECK(listed.contains(name));
  }
  CHECK(listed.size() > 20);
}

std::vector<std::byte> encode(const AnyModel& model, ModelFormat format) {
  return std::visit([&](const auto& kind) { return encode_model(kind, format); }, model);
}

const ModelInfo& info_of(const AnyModel& model) {
  return std::visit([](const auto& kind) -> const ModelInfo& { return kind.info; }, model);
}

bool same(const AnyModel& a, const AnyModel& b) { return a == b && info_of(a) == info_of(b); }

// Of either kind.
AnyModel random_any(std::uint64_t seed) {
  if (seed % 2 == 0) return test::random_model(seed);
  return test::random_cnn(seed);
}

}  // namespace

TEST_CASE("every broken model file is refused with the message its table states") {
  check_corpus({".fb", ".fbz"}, "model_", load_any_model);
}

TEST_CASE("every broken architecture file is refused with the message its table states") {
  check_corpus({".yaml"}, "arch_", read_any_architecture);
}

TEST_CASE("a model that flatc wrote from the schema is read as the architecture says") {
  const snn::Model xor_model = load_model((kTestdata / "models" / "xor.fb").string());
  CHECK(xor_model == read_architecture((kTestdata / "arch" / "xor.yaml").string()));
  CHECK(xor_model.info.metadata == std::map<std::string, std::string>{{"a", "1"}, {"b", "2"}});
  CHECK(xor_model.info.class_names == std::vector<std::string>{"one"});
  CHECK(xor_model.info.producer == "make_models");
}

TEST_CASE("learning state that flatc wrote is read field by field") {
  const snn::Model model = load_model((kTestdata / "models" / "learner.fb").string());
  const snn::Learning expected{.rule = snn::LearningRule::kPlain,
                               .seed = 7,
                               .num_weights = 1,
                               .num_classes = 2,
                               .initial_plasticity = 1.0,
                               .learning_competition = 0.0,
                               .min_plasticity = 0.1,
                               .plasticity_decay = 0.25,
                               .plasticity = {1.0, 0.75},
                               .threshold_learning = {0, 1},
                               .learning_events = {0, 2},
                               .learning_count = {0, 1}};
  CHECK((model.layer(1).learning == expected));
  const auto weights = model.layer(1).variables.weights.data<std::int8_t>();
  CHECK(std::vector<int>(weights.begin(), weights.end()) == std::vector<int>{1, 0, 0, 1});
}

TEST_CASE("a CNN that flatc wrote is read field by field") {
  const cnn::Network network = load_network((kTestdata / "models" / "cnn.fb").string());
  cnn::Network expected;
  const auto add = [&](const char* name, cnn::Parameters parameters,
                       const std::vector<std::vector<float>>& values = {}) {
    const std::size_t index = expected.add({.name = name, .parameters = std::move(parameters)});
    auto& variables = expected.variables(index);
    for (std::size_t i = 0; i < values.size(); ++i) {
      std::ranges::copy(values[i], variables.at(i).value.data<float>().begin());
    }
  };
  add("input_1", cnn::Input{{2, 2, 2}});
  add("conv",
      cnn::Conv2D{.filters = 2, .padding = cnn::Padding::kSame, .kernel_regularizer = {.l2 = 0.5F}},
      {{1, 2, 3, 4}, {0.5F, -0.5F}});
  add("conv_BN", cnn::BatchNormalization{.min_gamma = 0.25F}, {{1, 2}, {0, 1}, {0, 0}, {1, 1}});
  add("conv_relu", cnn::ReLU{.max_value = 6.0F});
  add("flatten", cnn::Flatten{});
  add("classes", cnn::Dense{.units = 1, .use_bias = false}, {{0, 1, 2, 3, 4, 5, 6, 7}});
  CHECK((network == expected));
  CHECK(network.info.scaling_a == 255);
}

TEST_CASE("every prefix of a compressed model is refused") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::vector<std::byte> bytes = encode(random_any(seed), ModelFormat::kCompressed);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const std::string error = error_of([&] { return decode_any_model({bytes.data(), size}); });
      if (error == "no error") FAIL("seed " << seed << ", " << size << " bytes");
    }
  }
}

TEST_CASE("a damaged byte of a compressed model is an error or changes nothing") {
  Random random(20240301);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const AnyModel model = random_any(seed);
    const std::vector<std::byte> bytes = encode(model, ModelFormat::kCompressed);
    for (int round = 0; round < 200; ++round) {
      std::vector<std::byte> damaged = bytes;
      const std::uint32_t at = random.below(static_cast<std::uint32_t>(bytes.size()));
      damaged[at] ^= static_cast<std::byte>(1 + random.below(255));
      try {
        if (!same(decode_any_model(damaged), model))
          FAIL("altered: seed " << seed << ", byte " << at);
      } catch (const Error&) {  // noticed, as it should be
      }
    }
  }
}

TEST_CASE("a plain model with damaged bytes is an error or another valid model, never a crash") {
  Random random(20240302);
  int accepted = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const std::vector<std::byte> bytes = encode(random_any(seed), ModelFormat::kPlain);
    for (int round = 0; round < 200; ++round) {
      std::vector<std::byte> damaged = bytes;
      for (std::uint32_t i = 0; i <= random.below(4); ++i) {
        const std::uint32_t at = random.below(static_cast<std::uint32_t>(bytes.size()));
        damaged[at] = static_cast<std::byte>(random.below(3) == 0 ? 255 : random.below(256));
      }
      try {
        const AnyModel model = decode_any_model(damaged);
        if (!same(decode_any_model(encode(model, ModelFormat::kPlain)), model)) {
          FAIL("seed " << seed);
        }
        ++accepted;
      } catch (const Error&) {  // most often
      }
    }
  }
  CHECK(accepted > 0);
}
