#include "data/clouds/mesh_lines.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "base/utf8.h"

namespace akida::data {
namespace {

constexpr std::string_view kBlanks = " \t\f\v";
constexpr std::size_t kShownBytes = 40;  // of a field, in messages

std::string shown(std::string_view field) {
  return printable(std::string(field.substr(0, kShownBytes)));
}

// from_chars, which knows no plus sign; false where anything is left over.
template <typename T>
bool parse(std::string_view field, T& value) {
  if (field.size() > 1 && field[0] == '+' && field[1] != '-') field.remove_prefix(1);
  const auto [stop, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  return error == std::errc() && stop == field.data() + field.size();
}

}  // namespace

bool MeshLines::take_line(std::string_view& line) {
  if (at_ >= text_.size()) return false;
  const std::size_t end = std::min(text_.find_first_of("\r\n", at_), text_.size());
  line = text_.substr(at_, end - at_);
  at_ = end + (text_.substr(end).starts_with("\r\n") ? 2 : 1);
  at_ = std::min(at_, text_.size());
  ++number_;
  return true;
}

void MeshLines::split(std::string_view line) {
  if (options_.comments) line = line.substr(0, line.find('#'));
  for (;;) {
    const std::size_t begin = line.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return;
    line.remove_prefix(begin);
    const std::size_t length = std::min(line.find_first_of(kBlanks), line.size());
    fields_.push_back(line.substr(0, length));
    line.remove_prefix(length);
  }
}

bool MeshLines::next() {
  fields_.clear();
  std::string_view line;
  while (fields_.empty()) {
    if (!take_line(line)) return false;
    split(line);
    while (options_.continued && !fields_.empty() && fields_.back().ends_with('\\')) {
      fields_.back().remove_suffix(1);
      if (fields_.back().empty()) fields_.pop_back();
      if (!take_line(line)) break;
      split(line);
    }
  }
  return true;
}

double MeshLines::real(std::size_t index, std::string_view what) const {
  double value = 0;
  const std::string_view field = fields_[index];
  if (!parse(field, value) || !std::isfinite(value)) {
    refuse(fmt::format("{} '{}' is no finite number", what, shown(field)));
  }
  return value;
}

std::int64_t MeshLines::integer(std::size_t index, std::string_view what, std::int64_t low,
                                std::int64_t high) const {
  return integer_of(fields_[index], what, low, high);
}

std::int64_t MeshLines::integer_of(std::string_view field, std::string_view what, std::int64_t low,
                                   std::int64_t high) const {
  std::int64_t value = 0;
  if (!parse(field, value)) refuse(fmt::format("{} '{}' is no integer", what, shown(field)));
  if (value < low || value > high) {
    refuse(fmt::format("{} {} is outside {}..{}", what, value, low, high));
  }
  return value;
}

Point MeshLines::point(std::size_t first) const {
  need(first + 3, "coordinates");
  return {real(first, "x"), real(first + 1, "y"), real(first + 2, "z")};
}

void MeshLines::need(std::size_t count, std::string_view what) const {
  if (fields_.size() < count) {
    refuse(fmt::format("{} need {} fields, the line has {}", what, count, fields_.size()));
  }
}

void MeshLines::refuse(const std::string& what) const {
  fail(ErrorKind::kFormat, "line {}: {}", number_, what);
}

void check_mesh_count(const MeshLines& lines, std::string_view what, std::uint64_t count,
                      std::uint64_t limit, std::uint64_t bytes) {
  if (count > limit) lines.refuse(fmt::format("{} {} exceed limit {}", count, what, limit));
  // The last line may lack its end.
  if (count > 0 && count * bytes > lines.remaining() + 1) {
    lines.refuse(fmt::format("{} {} need {} bytes, {} remain", count, what, count * bytes - 1,
                             lines.remaining()));
  }
}

void add_polygon(const std::vector<std::uint32_t>& polygon, Mesh& mesh) {
  for (std::size_t i = 2; i < polygon.size(); ++i) {
    if (mesh.triangles.size() == kMaxMeshTriangles) {
      fail(ErrorKind::kFormat, "mesh has more than {} triangles, the limit", kMaxMeshTriangles);
    }
    mesh.triangles.push_back({polygon[0], polygon[i - 1], polygon[i]});
  }
}

}  // namespace akida::data
