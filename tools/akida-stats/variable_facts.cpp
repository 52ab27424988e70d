#include "akida-stats/variable_facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "snn/variables.h"

namespace akida::stats {
namespace {

// The fewest digits that read back as the same value of the variable's type.
std::string number_text(const VariableFacts& facts, double value) {
  return facts.type == DType::kF32 ? fmt::format("{}", static_cast<float>(value))
                                   : fmt::format("{}", value);
}

VariableFacts facts_of(const std::string& name, const Dense& values) {
  VariableFacts facts{
      .name = name, .type = values.type(), .dims = values.dims(), .shape = values.shape_string()};
  for (std::int64_t i = 0; i < values.size(); ++i) {
    const double value = values.value(i);
    facts.low = i == 0 ? value : std::min(facts.low, value);
    facts.high = i == 0 ? value : std::max(facts.high, value);
    facts.nonzeros += value != 0 ? 1 : 0;
  }
  return facts;
}

}  // namespace

std::vector<VariableFacts> variable_facts(const snn::Layer& layer) {
  std::vector<VariableFacts> all;
  for (const std::string& name : snn::variable_names(layer)) {
    all.push_back(facts_of(name, snn::get_variable(layer, name)));
  }
  return all;
}

std::vector<VariableFacts> variable_facts(const cnn::Layer& layer) {
  std::vector<VariableFacts> all;
  for (const cnn::Variable& variable : layer.variables) {
    all.push_back(facts_of(variable.name, variable.value));
  }
  return all;
}

std::vector<std::string> fact_columns() {
  return {"Variable", "Type", "Shape", "Minimum", "Maximum", "# Non-zero"};
}

std::vector<std::string> fact_cells(const VariableFacts& facts, const std::string& name) {
  return {name,
          name_of(facts.type),
          facts.shape,
          number_text(facts, facts.low),
          number_text(facts, facts.high),
          fmt::to_string(facts.nonzeros)};
}

nlohmann::ordered_json variables_json(const std::vector<VariableFacts>& variables) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const VariableFacts& facts : variables) {
    list.push_back({{"name", facts.name},
                    {"type", name_of(facts.type)},
                    {"shape", facts.dims},
                    {"minimum", facts.low},
                    {"maximum", facts.high},
                    {"nonzeros", facts.nonzeros}});
  }
  return list;
}

}  // namespace akida::stats
