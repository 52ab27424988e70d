// formats/architecture.md is true: its examples are read, its tables list every key.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "codec/architecture.h"

using namespace akida;
using namespace akida::codec;

namespace {

const std::filesystem::path kTestdata = AKIDA_TESTDATA;

std::string specification() {
  std::ifstream file(kTestdata.parent_path() / "formats" / "architecture.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The contents of all blocks that are fenced as `language`.
std::vector<std::string> examples(const std::string& text, const std::string& language) {
  const std::string open = "```" + language + "\n";
  std::vector<std::string> blocks;
  for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
    at += open.size();
    blocks.push_back(text.substr(at, text.find("```", at) - at));
  }
  return blocks;
}

}  // namespace

TEST_CASE("every example of the specification is a network") {
  const std::string text = specification();
  const std::string directory = (kTestdata / "arch").string();
  CHECK(examples(text, "yaml").size() >= 3);
  for (const char* language : {"yaml", "json"}) {
    for (const std::string& example : examples(text, language)) {
      INFO(example);
      CHECK_NOTHROW(parse_any_architecture(example, directory));
    }
  }
}

TEST_CASE("the tables of the specification list every key with type and default") {
  const std::string text = specification();
  std::string owner;
  for (const ArchitectureKey& key : architecture_keys()) {
    if (key.owner != owner) {
      owner = key.owner;
      CHECK(text.find("\n### " + owner + "\n") != std::string::npos);
    }
    const std::size_t section = text.find("\n### " + owner + "\n");
    const std::string row = "\n| " + key.key + " | " + key.type + " | " + key.default_value + " |";
    const std::size_t found = text.find(row, section);
    const bool in_section = found != std::string::npos && found < text.find("\n### ", section + 1);
    INFO(owner << row);
    CHECK(in_section);
  }
}

TEST_CASE("the architectures of testdata are read") {
  for (const auto& entry : std::filesystem::directory_iterator(kTestdata / "arch")) {
    if (entry.path().extension() != ".yaml" && entry.path().extension() != ".json") continue;
    INFO(entry.path());
    const AnyModel any = read_any_architecture(entry.path().string());
    const std::string text = std::visit(
        [](const auto& model) {
          return write_architecture(model, ArchitectureContent::kVariables);
        },
        any);
    CHECK((parse_any_architecture(text) == any));
  }
  CHECK((read_architecture((kTestdata / "arch" / "xor.yaml").string()) ==
         read_architecture((kTestdata / "arch" / "xor.json").string())));
}
