// Lines of a mesh file as fields between blanks, and the numbers in them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/clouds/mesh.h"

namespace akida::data {

class MeshLines {
 public:
  struct Options {
    bool comments = true;    // '#' begins one, up to the end of the line
    bool continued = false;  // a line that ends with '\' goes on in the next one
  };

  MeshLines(std::string_view text, Options options) : text_(text), options_(options) {}

  // Replaces fields() by those of the next line that has any; false after the last one. Lines end
  // with "\n", "\r\n" or "\r".
  [[nodiscard]] bool next();

  [[nodiscard]] const std::vector<std::string_view>& fields() const { return fields_; }

  [[nodiscard]] std::size_t number() const { return number_; }  // of the last line read, from 1
  [[nodiscard]] std::size_t remaining() const { return text_.size() - at_; }  // bytes

  // Field `index` as a finite number, or as an integer in [low, high]. Throw kFormat otherwise,
  // calling it `what`.
  [[nodiscard]] double real(std::size_t index, std::string_view what) const;
  [[nodiscard]] std::int64_t integer(std::size_t index, std::string_view what, std::int64_t low,
                                     std::int64_t high) const;
  [[nodiscard]] std::int64_t integer_of(std::string_view field, std::string_view what,
                                        std::int64_t low, std::int64_t high) const;

  // Fields `first` to `first` + 2 as coordinates.
  [[nodiscard]] Point point(std::size_t first) const;

  // Throws kFormat where the line has fewer fields.
  void need(std::size_t count, std::string_view what) const;

  // Throws kFormat: "line 7: <what>".
  [[noreturn]] void refuse(const std::string& what) const;

 private:
  // The next line without its end; true where there was one.
  [[nodiscard]] bool take_line(std::string_view& line);
  void split(std::string_view line);

  std::string_view text_;
  Options options_;
  std::size_t at_ = 0;
  std::size_t number_ = 0;
  std::vector<std::string_view> fields_;
};

// Throws kFormat where `count` elements of at least `bytes` each exceed `limit` or the bytes that
// remain of a file: "line 2: 9 vertices need 54 bytes, 17 remain".
void check_mesh_count(const MeshLines& lines, std::string_view what, std::uint64_t count,
                      std::uint64_t limit, std::uint64_t bytes);

// Adds the fan of `polygon` to `mesh`. Throws kFormat naming the limit where that would exceed it.
void add_polygon(const std::vector<std::uint32_t>& polygon, Mesh& mesh);

}  // namespace akida::data
