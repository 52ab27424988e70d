// testdata/boundaries/boundaries.tsv: activation boundaries by exact arithmetic.
#pragma once

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

struct BoundaryRow {
  std::int32_t bits = 0;
  std::int32_t threshold = 0;
  float step = 0;
  std::vector<std::int64_t> boundaries;  // 2^bits - 1, ascending

  // How many boundaries the potential exceeds.
  [[nodiscard]] int level(std::int64_t potential) const {
    return static_cast<int>(std::lower_bound(boundaries.begin(), boundaries.end(), potential) -
                            boundaries.begin());
  }
};

// The neurons with `bits`.
inline std::vector<BoundaryRow> boundary_rows(std::int32_t bits) {
  std::ifstream file(std::string(AKIDA_TESTDATA) + "/boundaries/boundaries.tsv");
  std::vector<BoundaryRow> rows;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    BoundaryRow row;
    if (!(fields >> row.bits >> row.threshold >> row.step) || row.bits != bits) continue;
    for (std::int64_t boundary = 0; fields >> boundary;) row.boundaries.push_back(boundary);
    rows.push_back(std::move(row));
  }
  return rows;
}

// Both sides of every boundary of every row, and the ends: potentials within +-reach, each once.
inline std::vector<std::int64_t> potentials_around(const std::vector<BoundaryRow>& rows,
                                                   std::int64_t reach) {
  std::vector<std::int64_t> potentials = {-reach, 0, reach};
  for (const BoundaryRow& row : rows) {
    for (std::int64_t boundary : row.boundaries) {
      for (std::int64_t near = -1; near <= 2; ++near) {
        if (std::abs(boundary + near) <= reach) potentials.push_back(boundary + near);
      }
    }
  }
  std::sort(potentials.begin(), potentials.end());
  potentials.erase(std::unique(potentials.begin(), potentials.end()), potentials.end());
  return potentials;
}
