// akida-stats - say what a model is and what it does.
//
// Reads a model and, for statistics, a stream of samples; prints tables or JSON; see
// man/akida-stats.1.scd. One file per verb in tools/akida-stats; the work is in lib/engine and
// lib/snn.
#include "akida-stats/stats_verbs.h"

int main(int argc, char** argv) {
  using namespace akida;
  return cli::tool_main(
      {.name = "akida-stats",
       .purpose = "Say what a model is and what it does.",
       .examples = "akida-stats summary model.fbz\n"
                   "akida-stats statistics model.fbz test.aks\n"
                   "akida-stats backends\n",
       .add_options = {},
       .run = {},
       .verbs = {stats::summary_command(), stats::statistics_command(), stats::histogram_command(),
                 stats::layer_command(), stats::variables_command(), stats::backends_command()}},
      argc, argv);
}
