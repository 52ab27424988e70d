#include "common/command.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/log.h"

namespace {

using namespace akida;

// Exit status, standard output and standard error of a command run in this process.
struct Outcome {
  int status = 0;
  std::string out;
  std::string err;
};

// A file descriptor that goes to a temporary file until read() puts it back.
class Capture {
 public:
  explicit Capture(int descriptor) : descriptor_(descriptor), saved_(dup(descriptor)) {
    dup2(fileno(file_), descriptor);
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  ~Capture() {
    close(saved_);
    std::fclose(file_);
  }
  std::string read() {
    std::fflush(nullptr);
    dup2(saved_, descriptor_);
    std::rewind(file_);
    std::string text;
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) {
      text += static_cast<char>(c);
    }
    return text;
  }

 private:
  int descriptor_;
  int saved_;
  std::FILE* file_ = std::tmpfile();
};

Outcome run(const cli::Command& command, std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), command.name.c_str());
  std::fflush(stdout);
  Capture out(STDOUT_FILENO);
  Capture err(STDERR_FILENO);
  Outcome outcome;
  outcome.status = cli::run_command(command, static_cast<int>(arguments.size()), arguments.data());
  outcome.out = out.read();
  outcome.err = err.read();
  return outcome;
}

cli::Command simple(std::function<int()> body) {
  return {.name = "akida-test",
          .purpose = "Do a test.",
          .examples = "akida-test\n",
          .add_options = {},
          .run = std::move(body),
          .verbs = {}};
}

}  // namespace

TEST_CASE("A command's status is the tool's, and success says nothing") {
  for (int status : {cli::kOk, cli::kFailed, cli::kNo}) {
    const Outcome outcome = run(simple([status] { return status; }), {});
    CHECK(outcome.status == status);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.empty());
  }
}

TEST_CASE("Help and version that were asked for go to standard output with status 0") {
  const cli::Command command = simple([] { return cli::kFailed; });
  for (const char* flag : {"-h", "--help"}) {
    const Outcome help = run(command, {flag});
    CHECK(help.status == cli::kOk);
    CHECK(help.out.find("Do a test.") != std::string::npos);
    CHECK(help.out.find("Examples:\n  akida-test\n") != std::string::npos);
    CHECK(help.err.empty());
  }
  for (const char* flag : {"-V", "--version"}) {
    const Outcome outcome = run(command, {flag});
    CHECK(outcome.status == cli::kOk);
    CHECK(outcome.out == "akida-test " + std::string(cli::version()) + "\n");
  }
}

TEST_CASE("Every mistake on the command line is status 2 with one line on standard error") {
  int number = 0;
  cli::Command command = simple([] { return cli::kOk; });
  command.add_options = [&](cli::CommandLine& line) {
    line.add_option("NUMBER", number, "A digit").required().range(0, 9);
  };
  const std::vector<std::vector<const char*>> mistakes = {
      {}, {"12"}, {"x"}, {"1", "2"}, {"1", "--unknown"}, {"1", "-o"}};
  for (const auto& arguments : mistakes) {
    const Outcome outcome = run(command, arguments);
    CHECK(outcome.status == cli::kMisuse);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.rfind("akida-test: error: ", 0) == 0);
    CHECK(outcome.err.find('\n') == outcome.err.size() - 1);
    CHECK(outcome.err[outcome.err.size() - 2] != '.');
  }
  CHECK(run(command, {"3"}).status == cli::kOk);
  CHECK(number == 3);
}

TEST_CASE("A mistake names the option, the value and the limit") {
  int number = 0;
  double share = 0;
  std::string file;
  std::uint64_t seed = 0;
  cli::Command command = simple([] { return cli::kOk; });
  command.add_options = [&](cli::CommandLine& line) {
    line.add_option("NUMBER", number, "A digit").required().range(0, 9);
    line.add_option("--share", share, "A share").range(0.0, 1.0);
    line.add_option("--seed", seed, "Any number");
    line.add_option("--file", file, "A file").type_name("FILE");
  };
  const auto mistake = [&](std::vector<const char*> arguments) {
    const Outcome outcome = run(command, std::move(arguments));
    CHECK(outcome.status == cli::kMisuse);
    return outcome.err.substr(std::string("akida-test: error: ").size());
  };
  CHECK(mistake({"12"}) == "NUMBER: 12 is outside 0..9\n");
  CHECK(mistake({"1e5"}) == "NUMBER: 1e5 is not a whole number\n");
  CHECK(mistake({"1", "--share", "nan"}) == "--share: nan is not a finite number\n");
  CHECK(mistake({"1", "--share", "inf"}) == "--share: inf is not a finite number\n");
  CHECK(mistake({"1", "--share", "1.5"}) == "--share: 1.5 is outside 0..1\n");
  CHECK(mistake({"1", "--seed", "-1"}) == "--seed: -1 is outside 0..18446744073709551615\n");
  CHECK(mistake({"1", "--seed", "1", "--seed", "2"}) == "--seed is given 2 times, limit 1\n");
  CHECK(mistake({"1", "--file"}) == "--file needs a value\n");
  CHECK(mistake({}) == "NUMBER is required\n");
  // What looks like an option is not the positional that it was meant to be.
  CHECK(mistake({"-x.jpg"}) == "unexpected: -x.jpg\n");
}

TEST_CASE("An error's kind decides the status") {
  const auto failing = [](ErrorKind kind) {
    return simple([kind]() -> int { fail(kind, "in.fbz: offset {}: bad", 96); });
  };
  const Outcome usage = run(failing(ErrorKind::kUsage), {});
  CHECK(usage.status == cli::kMisuse);
  CHECK(usage.err == "akida-test: error: in.fbz: offset 96: bad\n");
  for (ErrorKind kind :
       {ErrorKind::kInvalid, ErrorKind::kFormat, ErrorKind::kIo, ErrorKind::kUnsupported}) {
    CHECK(run(failing(kind), {}).status == cli::kFailed);
  }
}

TEST_CASE("Exceptions that are not ours are reported, not thrown") {
  const Outcome memory = run(simple([]() -> int { throw std::bad_alloc(); }), {});
  CHECK(memory.status == cli::kFailed);
  CHECK(memory.err == "akida-test: error: out of memory\n");
  const Outcome logic = run(simple([]() -> int { throw std::logic_error("oops {}"); }), {});
  CHECK(logic.status == cli::kFailed);
  CHECK(logic.err == "akida-test: error: internal error: oops {}\n");
}

TEST_CASE("The library's messages pass by severity") {
  const cli::Command command = simple([] {
    log_warning("w");
    log_info("i {{}}");
    return cli::kOk;
  });
  CHECK(run(command, {}).err == "akida-test: warning: w\n");
  CHECK(run(command, {"-q"}).err.empty());
  CHECK(run(command, {"-v"}).err == "akida-test: warning: w\nakida-test: info: i {}\n");
}

TEST_CASE("A tool with verbs needs exactly one of them and names it") {
  std::string seen;
  cli::Command inner = simple([&] {
    seen = cli::invocation().verb;
    return cli::kNo;
  });
  inner.name = "idx";
  cli::Command outer = simple({});
  outer.name = "import";
  outer.verbs = {inner};
  cli::Command tool = simple({});
  tool.verbs = {outer};

  const auto mistake = [&](std::vector<const char*> arguments) {
    const Outcome outcome = run(tool, std::move(arguments));
    CHECK(outcome.status == cli::kMisuse);
    return outcome.err;
  };
  CHECK(mistake({}) == "akida-test: error: a verb is missing: import\n");
  CHECK(mistake({"export"}) ==
        "akida-test: error: unknown verb 'export'; the nearest is 'import'\n");
  CHECK(mistake({"frobnicate", "-q"}) ==
        "akida-test: error: unknown verb 'frobnicate'; known: import\n");
  CHECK(mistake({"import"}) == "akida-test: error: a verb is missing: idx\n");
  CHECK(mistake({"import", "gif"}) == "akida-test: error: unknown verb 'gif'; known: idx\n");
  CHECK(mistake({"import", "idx", "more"}) == "akida-test: error: unexpected: more\n");
  CHECK(mistake({"import", "idx", "--verbos", "more"}) ==
        "akida-test: error: unexpected: --verbos; the nearest is '--verbose'\n");
  CHECK(mistake({"import", "idx", "--verbos=3"}) ==
        "akida-test: error: unexpected: --verbos=3; the nearest is '--verbose'\n");
  // Of its letters, none is where --help has it.
  CHECK(mistake({"import", "idx", "--seed", "3", "f"}) ==
        "akida-test: error: unexpected: --seed\n");
  CHECK(mistake({"-z", "import", "idx"}) ==
        "akida-test: error: unexpected: -z; options follow the verb\n");
  CHECK(run(tool, {"import", "idx"}).status == cli::kNo);
  CHECK(seen == "import idx");
  const Outcome help = run(tool, {"import", "idx", "--help"});
  CHECK(help.status == cli::kOk);
  CHECK(help.out.find("akida-test import idx") != std::string::npos);
}
