#include "akida-build/build_verbs.h"
#include "codec/model_file.h"
#include "common/shared_options.h"

namespace akida::build {

void add_target(cli::CommandLine& line, Target& target) {
  cli::add_output(line, target.output);
  cli::add_no_history(line, target.no_history);
}

void check(const Target& target) { cli::require_no_terminal(target.output); }

void save(snn::Model& model, const Target& target, const cli::HistoryWords& words) {
  cli::record_history(model.info, words, target.no_history);
  codec::save_model(model, target.output);
}

void save(codec::AnyModel& model, const Target& target, const cli::HistoryWords& words) {
  std::visit(
      [&](auto& kind) {
        cli::record_history(kind.info, words, target.no_history);
        codec::save_model(kind, target.output);
      },
      model);
}

}  // namespace akida::build
