#include "common/report.h"

#include "common/command.h"

namespace akida::cli {

nlohmann::ordered_json make_report(std::string_view kind) {
  return {{"tool", invocation().tool}, {"version", version()}, {"kind", kind}};
}

void print_report(const nlohmann::ordered_json& report) { print(report.dump(2) + '\n'); }

}  // namespace akida::cli
