// akida-train - train a network of Keras layers on labelled samples.
//
// Reads a model and a stream of samples, writes the trained model; see man/akida-train.1.scd. One
// file per purpose in tools/akida-train; the work is in lib/nn.
#include <memory>

#include "akida-train/train_options.h"
#include "akida-train/train_run.h"
#include "common/command.h"

int main(int argc, char** argv) {
  using namespace akida;
  train::TrainOptions options;
  return cli::tool_main(
      {.name = "akida-train",
       .purpose = "Train a network of Keras layers on labelled samples.",
       .examples =
           "akida-train -o trained.fbz --epochs 5 model.fbz train.aks\n"
           "akida-train -o best.fbz --validation-split 0.1 --early-stopping 3 model.fbz train.aks\n"
           "akida-train -o trained.fbz --checkpoint run.ckpt --resume model.fbz train.aks\n",
       .add_options = [&](cli::CommandLine& line) { train::add_train_options(line, options); },
       .run =
           [&] {
             train::check(options);
             train::train(options);
             return cli::kOk;
           },
       .verbs = {}},
      argc, argv);
}
