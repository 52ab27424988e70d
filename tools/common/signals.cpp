#include "common/signals.h"

#include <csignal>
#include <initializer_list>

#include "io/bytes.h"

namespace akida::cli {
namespace {

// The disposition is back to default and the signal unblocked when the handler is entered
// (SA_RESETHAND, SA_NODEFER), so raising it again ends the process.
void end_by_signal(int signal) {
  io::unlink_temporaries();
  std::raise(signal);
}

}  // namespace

void install_signal_handlers() {
  struct sigaction action = {};
  action.sa_handler = end_by_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_NODEFER;
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
    struct sigaction inherited = {};
    sigaction(signal, nullptr, &inherited);
    if (inherited.sa_handler == SIG_IGN && signal != SIGPIPE) continue;
    sigaction(signal, &action, nullptr);
  }
  sigset_t pipe_only;
  sigemptyset(&pipe_only);
  sigaddset(&pipe_only, SIGPIPE);
  sigprocmask(SIG_UNBLOCK, &pipe_only, nullptr);
}

}  // namespace akida::cli
