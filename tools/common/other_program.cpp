#include "common/other_program.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "common/command.h"

namespace akida::cli {
namespace {

std::string find_program(const char* program, const char* purpose) {
  const std::string built = beside_program(program);
  const std::string installed = beside_program(std::string(AKIDA_LIBEXEC "/") + program);
  for (const std::string& place : {built, installed}) {
    if (access(place.c_str(), X_OK) == 0) return place;
  }
  fail(ErrorKind::kUnsupported, "no {} or {}, which {}", built, installed, purpose);
}

}  // namespace

std::string beside_program(std::string_view path) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / path;
}

void hand_over(const char* program, const char* purpose) {
  const std::string path = find_program(program, purpose);
  std::vector<char*> arguments;
  for (const std::string& argument : invocation().arguments) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  execv(path.c_str(), arguments.data());
  fail(ErrorKind::kIo, "{}: {}", path, std::strerror(errno));
}

}  // namespace akida::cli
