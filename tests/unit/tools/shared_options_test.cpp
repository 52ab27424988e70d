#include "common/shared_options.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "base/cpu.h"
#include "base/error.h"
#include "parse_line.h"
#include "scratch_directory.h"

using namespace akida;

TEST_CASE("Standard input may be named once") {
  CHECK_NOTHROW(cli::require_one_standard_input({"a", "-"}));
  CHECK_THROWS_WITH(cli::require_one_standard_input({"-", "-"}),
                    "'-' (standard input) is given 2 times, limit 1");
}

TEST_CASE("An output replaces neither another one nor an input") {
  CHECK_NOTHROW(cli::require_separate_outputs({"a", "b", "-", "", ""}, {"-", "", "c", "c"}));
  CHECK_NOTHROW(cli::require_separate_outputs({"/dev/null", "/dev/null"}, {"/dev/null"}));
  CHECK_THROWS_WITH(cli::require_separate_outputs({"-", "a", "-"}, {"b"}),
                    "2 outputs go to standard output, limit 1");
  CHECK_THROWS_WITH(cli::require_separate_outputs({"a", "a"}, {"b"}),
                    "the output 'a' would replace the output 'a'");
  CHECK_THROWS_WITH(cli::require_separate_outputs({"b", "a"}, {"c", "a"}),
                    "the output 'a' would replace the input 'a'");
}

TEST_CASE("A file under two names is one file") {
  CHECK_THROWS_WITH(cli::require_separate_outputs({"a", "./x/..//a"}, {}),
                    "the output './x/..//a' would replace the output 'a'");
  const ScratchDirectory scratch;
  const std::string file = scratch / "a", link = scratch / "l";
  std::ofstream(file) << "x";
  std::filesystem::create_symlink(file, link);
  CHECK_THROWS_WITH(cli::require_separate_outputs({link}, {file}),
                    "the output '" + link + "' would replace the input '" + file + "'");
}

TEST_CASE("A base name is what follows the last slash") {
  CHECK(cli::base_name("/a/b.aks") == "b.aks");
  CHECK(cli::base_name("b.aks") == "b.aks");
  CHECK(cli::base_name("-") == "-");
}

TEST_CASE("Shared options parse as documented") {
  std::string output = "-";
  int jobs = 0;
  std::optional<std::uint64_t> seed;
  std::optional<bool> progress;
  bool json = false;
  const auto parse = [&](const std::string& text) {
    return test::parse_line(
        [&](cli::CommandLine& line) {
          cli::add_output(line, output);
          cli::add_jobs(line, jobs);
          cli::add_seed(line, seed);
          cli::add_progress(line, progress);
          cli::add_json(line, json);
          cli::add_cpu_mask(line);
        },
        text);
  };

  SECTION("all given") {
    CHECK(parse("-o - -j 2 --seed 18446744073709551615 --no-progress --json --cpu-mask none") ==
          cli::kOk);
    CHECK(output == "-");
    CHECK(jobs == 2);
    CHECK(seed == 18446744073709551615U);
    CHECK(progress == false);
    CHECK(json);
    CHECK(cpu_features() == 0);
    set_cpu_mask(parse_cpu_mask("all"));
  }
  SECTION("progress wanted") {
    CHECK(parse("--progress") == cli::kOk);
    CHECK(progress == true);
  }
  SECTION("nothing given") {
    CHECK(parse("") == cli::kOk);
    CHECK_FALSE(seed.has_value());
    CHECK_FALSE(progress.has_value());
  }
  SECTION("out of range") {
    CHECK(parse("-j -1") == cli::kMisuse);
    CHECK(parse("--seed 18446744073709551616") == cli::kMisuse);
    CHECK(parse("--cpu-mask sse9") == cli::kMisuse);
    CHECK(parse("-o") == cli::kMisuse);
    CHECK(parse("--output=") == cli::kMisuse);
  }
}
