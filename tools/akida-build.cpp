// akida-build - make models and change them.
//
// Reads architecture files and models, writes models; see man/akida-build.1.scd.
// One file per group of verbs in tools/akida-build; the work is in lib/codec, lib/zoo, lib/snn
// and lib/engine.
#include <array>
#include <string_view>

#include "akida-build/build_verbs.h"

int main(int argc, char** argv) {
  using namespace akida;
  // "akida-build --list", as the documentation of the zoo calls it, is the verb list.
  std::array<char, 5> list = {"list"};
  if (argc > 1 && std::string_view(argv[1]) == "--list") argv[1] = list.data();
  return cli::tool_main(
      {.name = "akida-build",
       .purpose = "Make a model from an architecture, or change a model.",
       .examples = "akida-build new --seed 7 -o model.fbz architecture.yaml\n"
                   "akida-build compile --num-weights 500 --num-classes 10 "
                   "-o learner.fbz model.fbz\n",
       .add_options = {},
       .run = {},
       .verbs = {build::new_command(), build::zoo_command(), build::pretrained_command(),
                 build::list_command(), build::add_command(), build::pop_command(),
                 build::compile_command(), build::add_classes_command(), build::get_command(),
                 build::set_command()}},
      argc, argv);
}
