#include "common/text_table.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace akida::cli {
namespace {

constexpr std::size_t kGap = 2;  // spaces behind the longest cell of a column

std::string line_of(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t column = 0; column < cells.size(); ++column) {
    line += cells[column];
    line.append(widths[column] - cells[column].size(), ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

}  // namespace

TextTable::TextTable(std::string title, std::vector<std::string> header)
    : title_(std::move(title)), rows_{std::move(header)} {}

void TextTable::add_row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

std::string TextTable::text() const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t column = 0; column < widths.size(); ++column) {
      widths[column] = std::max(widths[column], row.at(column).size() + kGap);
    }
  }
  const std::size_t width = std::accumulate(widths.begin(), widths.end(), std::size_t{0});
  const std::string rule = std::string(width, '_') + '\n';

  std::string text;
  if (!title_.empty()) {
    text.append((width - std::min(width, title_.size())) / 2, ' ');
    text += title_ + '\n';
  }
  text += rule + line_of(rows_.front(), widths) + std::string(width, '=') + '\n';
  for (std::size_t row = 1; row < rows_.size(); ++row) text += line_of(rows_[row], widths) + rule;
  return text;
}

}  // namespace akida::cli
