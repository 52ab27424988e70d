// Tables as the published summaries print them (spec: "summary() formats").
#pragma once

#include <string>
#include <vector>

namespace akida::cli {

// A centred title, a rule, the header, a rule of '=', then the rows with rules between them.
// Columns are as wide as their longest cell plus two.
class TextTable {
 public:
  // An empty title is left out.
  TextTable(std::string title, std::vector<std::string> header);

  // As many cells as the header has.
  void add_row(std::vector<std::string> cells);

  // The whole table, ending in a newline.
  [[nodiscard]] std::string text() const;

 private:
  std::string title_;
  std::vector<std::vector<std::string>> rows_;  // the header is the first
};

}  // namespace akida::cli
