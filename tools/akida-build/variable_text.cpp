#include "akida-build/variable_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace akida::build {
namespace {

using nlohmann::json;

// Element `index` as its type prints it.
std::string element_text(const Dense& values, std::int64_t index) {
  const double value = values.value(index);
  switch (values.type()) {
    case DType::kF32:
      return fmt::format("{}", static_cast<float>(value));
    case DType::kF64:
      return fmt::format("{}", value);
    default:
      return fmt::format("{:.0f}", value);
  }
}

// Appends the lists of dimension `depth`; `next` is the element that comes next.
void append_json(const Dense& values, std::size_t depth, std::int64_t& next, std::string& text) {
  if (depth == values.dims().size()) {
    text += element_text(values, next++);
    return;
  }
  text += '[';
  for (std::int64_t i = 0; i < values.dims()[depth]; ++i) {
    if (i > 0) text += ", ";
    append_json(values, depth + 1, next, text);
  }
  text += ']';
}

// Lengths of nested lists, from the first element of every level.
std::vector<std::int64_t> dims_of(const json& list) {
  std::vector<std::int64_t> dims;
  for (const json* node = &list; node->is_array(); node = &node->front()) {
    if (node->empty()) fail(ErrorKind::kUsage, "an empty list");
    dims.push_back(static_cast<std::int64_t>(node->size()));
  }
  return dims;
}

// Appends the numbers of `node`, lists of the lengths `dims`.
void collect(const json& node, std::span<const std::int64_t> dims, std::vector<double>& values) {
  if (dims.empty()) {
    if (!node.is_number()) fail(ErrorKind::kUsage, "{} stands in place of a number", node.dump());
    values.push_back(node.get<double>());
    return;
  }
  if (!node.is_array() || std::ssize(node) != dims.front()) {
    fail(ErrorKind::kUsage, "{} stands in place of a list of {}", node.dump(), dims.front());
  }
  for (const json& child : node) collect(child, dims.subspan(1), values);
}

}  // namespace

std::string to_text(const Dense& values) {
  const std::int64_t row = values.dims().size() == 1 ? 1 : values.dims().back();
  std::string text;
  for (std::int64_t i = 0; i < values.size(); ++i) {
    text += element_text(values, i);
    text += (i + 1) % row == 0 ? '\n' : ' ';
  }
  return text;
}

std::string to_json(const Dense& values) {
  std::string text;
  std::int64_t next = 0;
  append_json(values, 0, next, text);
  return text + '\n';
}

bool is_value(std::string_view text) {
  if (text.starts_with('[')) return true;
  const json value = json::parse(text, nullptr, false);
  return value.is_number();
}

Dense parse_values(std::string_view text) {
  const json node = json::parse(text, nullptr, false);
  if (node.is_discarded()) fail(ErrorKind::kUsage, "'{}' is no number and no list", text);
  std::vector<std::int64_t> dims = dims_of(node);
  std::vector<double> values;
  collect(node, dims, values);
  if (dims.empty()) dims = {1};
  return Dense::from<double>(values, dims);
}

}  // namespace akida::build
