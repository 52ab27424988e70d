// Reports as JSON: one object that says who wrote it and what it is.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace akida::cli {

// An object with `tool`, `version` and `kind` ("summary", "accuracy"), in this order, to which
// the caller adds its content. Keys stay in the order of insertion.
[[nodiscard]] nlohmann::ordered_json make_report(std::string_view kind);

// Writes it to standard output, indented by two spaces.
void print_report(const nlohmann::ordered_json& report);

}  // namespace akida::cli
