#include "common/report.h"

#include "common/command.h"

namespace akida::cli {

nlohmann::ordered_json make_report(std::string_view kind) {
  return {{"tool", invocation().tool}, {"version", version()}, {"kind", kind}};
}

std::string json_text(const nlohmann::ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

void print_report(const nlohmann::ordered_json& report) { print(json_text(report, 2) + '\n'); }

}  // namespace akida::cli
