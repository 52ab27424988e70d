// CNNs by another program: akida-run itself does not link what computes them, as loading oneDNN
// takes longer than a whole start for an integer network. akida-run-cnn is the same tool with it.
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

#include "akida-run/inference_backend.h"
#include "codec/model_file.h"
#include "common/other_program.h"

namespace akida::run {
namespace {

// Makes standard input hold the model again, which was read from it.
void put_back(const cnn::Network& network) {
  const std::vector<std::byte> bytes = codec::encode_model(network, codec::ModelFormat::kPlain);
  const int memory = memfd_create("model", 0);
  for (std::span<const std::byte> rest = bytes; memory >= 0 && !rest.empty();) {
    const ssize_t written = write(memory, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(ErrorKind::kIo, "stdin: {}", std::strerror(errno));
    rest = rest.subspan(static_cast<std::size_t>(written));
  }
  if (memory < 0 || lseek(memory, 0, SEEK_SET) != 0 || dup2(memory, STDIN_FILENO) < 0) {
    fail(ErrorKind::kIo, "stdin: {}", std::strerror(errno));
  }
  close(memory);
}

}  // namespace

// Does not return: the other program starts over with the same command line.
std::unique_ptr<InferenceBackend> make_backend(cnn::Network network, Result,
                                               const RunOptions& options) {
  if (options.model == "-") put_back(network);
  cli::hand_over("akida-run-cnn", "runs CNNs");
}

}  // namespace akida::run
