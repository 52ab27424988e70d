// akida-run - run a model on samples, or let it learn from them.
//
// Reads a model and a stream of samples, writes predictions, potentials, spikes or a model that
// has learned; see man/akida-run.1.scd. One file per kind of verb in tools/akida-run; the work is
// in lib/engine.
#include "akida-run/run_verbs.h"

int main(int argc, char** argv) {
  using namespace akida;
  return cli::tool_main({.name = "akida-run",
                         .purpose = "Run a model on samples, or let it learn from them.",
                         .examples = "akida-run predict model.fbz test.aks\n"
                                     "akida-run predict --accuracy model.fbz test.aks\n"
                                     "akida-run fit -o learned.fbz learner.fbz train.aks\n",
                         .add_options = {},
                         .run = {},
                         .verbs = {run::forward_command(), run::evaluate_command(),
                                   run::predict_command(), run::fit_command()}},
                        argc, argv);
}
