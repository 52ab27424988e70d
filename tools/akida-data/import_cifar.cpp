// akida-data import cifar10|cifar100 SRC... - the binary versions of CIFAR.
#include <memory>
#include <string>
#include <vector>

#include "akida-data/import_options.h"
#include "akida-data/import_verbs.h"
#include "common/shared_options.h"
#include "data/images/cifar.h"

namespace akida::data_tool {
namespace {

struct CifarVerbOptions {
  ImportOptions common;
  std::vector<std::string> paths;
  data::CifarOptions cifar;
  bool test = false;
  bool coarse = false;
};

void add_cifar_options(cli::CommandLine& line, CifarVerbOptions& options) {
  cli::add_inputs(line, options.paths, "SRC");
  line.add_flag("--test", options.test,
                "Of folders and archives take the test images instead of the training images");
  add_import_options(line, options.common);
}

int run(CifarVerbOptions& options) {
  cli::require_one_standard_input(options.paths);
  if (options.test) options.cifar.part = data::CifarPart::kTest;
  options.cifar.class_names = class_names_of(options.common);
  const auto source = data::open_cifar(options.paths, options.cifar);
  return write_stream(options.common, *source);
}

}  // namespace

cli::Command import_cifar10_verb() {
  const auto options = std::make_shared<CifarVerbOptions>();
  return {.name = "cifar10",
          .purpose = "Import the binary version of CIFAR-10: records, a folder or an archive.",
          .examples =
              "akida-data import cifar10 cifar-10-binary.tar.gz -o train.aks\n"
              "akida-data import cifar10 --test cifar-10-batches-bin -o test.aks\n",
          .add_options = [options](cli::CommandLine& line) { add_cifar_options(line, *options); },
          .run = [options] { return run(*options); }};
}

cli::Command import_cifar100_verb() {
  const auto options = std::make_shared<CifarVerbOptions>();
  return {.name = "cifar100",
          .purpose = "Import the binary version of CIFAR-100: records, a folder or an archive.",
          .examples = "akida-data import cifar100 --coarse cifar-100-binary.tar.gz -o train.aks\n",
          .add_options =
              [options](cli::CommandLine& line) {
                add_cifar_options(line, *options);
                line.add_flag("--coarse", options->coarse,
                              "Label with the 20 superclasses instead of the 100 classes");
              },
          .run =
              [options] {
                options->cifar.kind =
                    options->coarse ? data::CifarKind::k100Coarse : data::CifarKind::k100Fine;
                return run(*options);
              }};
}

}  // namespace akida::data_tool
