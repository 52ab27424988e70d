// Reports as JSON: one object that says who wrote it and what it is.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace akida::cli {

// An object with `tool`, `version` and `kind` ("summary", "accuracy"), in this order, to which
// the caller adds its content. Keys stay in the order of insertion.
[[nodiscard]] nlohmann::ordered_json make_report(std::string_view kind);

// As text: on one line, or indented. Bytes of names that are not UTF-8, which JSON must be, become
// U+FFFD.
[[nodiscard]] std::string json_text(const nlohmann::ordered_json& json, int indent = -1);

// Writes it to standard output, indented by two spaces.
void print_report(const nlohmann::ordered_json& report);

}  // namespace akida::cli
