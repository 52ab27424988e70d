// A variable in numbers: type, shape, range.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cnn/network_layer.h"
#include "snn/layer.h"

namespace akida::stats {

struct VariableFacts {
  std::string name;
  DType type = DType::kU8;
  std::vector<std::int64_t> dims;
  std::string shape;  // "(3, 3, 32, 64)"
  double low = 0;
  double high = 0;
  std::int64_t nonzeros = 0;
};

// Of every variable of the layer, in documented order.
[[nodiscard]] std::vector<VariableFacts> variable_facts(const snn::Layer& layer);
[[nodiscard]] std::vector<VariableFacts> variable_facts(const cnn::Layer& layer);

// Header and row of a table of variables; `name` heads the row.
[[nodiscard]] std::vector<std::string> fact_columns();
[[nodiscard]] std::vector<std::string> fact_cells(const VariableFacts& facts,
                                                  const std::string& name);

// The list of a layer's variables.
[[nodiscard]] nlohmann::ordered_json variables_json(const std::vector<VariableFacts>& variables);

}  // namespace akida::stats
