#include "common/history.h"

#include <catch2/catch.hpp>

#include "common/command.h"

namespace {

using namespace akida;

// The history after `body` ran as the verb "fit" of akida-test.
ModelInfo after(const std::function<void(ModelInfo&)>& body) {
  ModelInfo info;
  cli::Command fit{
      .name = "fit", .purpose = "Fit.", .examples = "", .add_options = {}, .run = {}, .verbs = {}};
  fit.run = [&] {
    body(info);
    return cli::kOk;
  };
  const cli::Command tool{.name = "akida-test",
                          .purpose = "Test.",
                          .examples = "",
                          .add_options = {},
                          .run = {},
                          .verbs = {fit}};
  const char* arguments[] = {"akida-test", "fit"};
  REQUIRE(cli::run_command(tool, 2, arguments) == cli::kOk);
  return info;
}

}  // namespace

TEST_CASE("An entry names tool, version, verb, options and inputs without directories") {
  const ModelInfo info = after([](ModelInfo& model) {
    cli::record_history(model, {.options = {"--seed", "7"}, .inputs = {"/tmp/a b.yaml", "-"}});
  });
  const std::string version(cli::version());
  CHECK(info.producer == "akida-test " + version);
  REQUIRE(info.history.size() == 1);
  CHECK(info.history[0] ==
        HistoryEntry{"akida-test", version, "fit", "--seed 7 -- \"a b.yaml\" -"});
}

TEST_CASE("An entry has marks for what no model file may hold") {
  const ModelInfo info = after([](ModelInfo& model) {
    cli::record_history(model, {.options = {"--x", "1\n2"}, .inputs = {"/tmp/a\tb\xFF.aks"}});
  });
  CHECK(info.history.at(0).options == "--x 1?2 -- a?b?.aks");
}

TEST_CASE("Without history the producer is named all the same") {
  const ModelInfo info = after([](ModelInfo& model) { cli::record_history(model, {}, true); });
  CHECK(info.history.empty());
  CHECK_FALSE(info.producer.empty());
}

TEST_CASE("Resumed work merges into its own entry") {
  const ModelInfo once = after([](ModelInfo& model) {
    cli::resume_history(model, {.options = {"--label", "2"}, .inputs = {"a.aks", "b.aks"}});
  });
  const ModelInfo twice = after([](ModelInfo& model) {
    cli::resume_history(model, {.options = {"--label", "2"}, .inputs = {"x/a.aks"}});
    cli::resume_history(model, {.options = {"--label", "2"}, .inputs = {"y/b.aks"}});
    cli::resume_history(model, {.options = {"--label", "2"}, .inputs = {"a.aks"}});
  });
  CHECK(twice == once);
}

TEST_CASE("Work with other options gets an entry of its own") {
  const ModelInfo info = after([](ModelInfo& model) {
    cli::resume_history(model, {.options = {"--label", "2"}, .inputs = {"a.aks"}});
    cli::resume_history(model, {.options = {"--label", "3"}, .inputs = {"a.aks"}});
    cli::record_history(model, {.options = {"--label", "3"}, .inputs = {"a.aks"}});
  });
  CHECK(info.history.size() == 3);
}
