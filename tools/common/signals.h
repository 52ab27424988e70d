// How the tools die of signals.
#pragma once

namespace akida::cli {

// INT, TERM and HUP (unless the parent ignores them, as nohup does) and PIPE (even then: a closed
// pipe must end the tool) remove the registered temporary files and are then raised again, so the
// parent sees the signal: 141 in a shell for a closed pipe.
void install_signal_handlers();

}  // namespace akida::cli
