// akida-score - how good results are: classes, numbers, embeddings, boxes.
//
// Reads what akida-run writes, writes reports and boxes; see man/akida-score.1.scd.
// The scores are in lib/metrics and lib/eval, every verb is in a file of its own in akida-score/.
#include "akida-score/score_verbs.h"
#include "common/command.h"

int main(int argc, char** argv) {
  using namespace akida;
  return cli::tool_main({.name = "akida-score",
                         .purpose = "Score the results of networks against the truth.",
                         .verbs = {score::labels_verb(), score::verification_verb(),
                                   score::yolo_verb(), score::map_verb(), score::anchors_verb()}},
                        argc, argv);
}
