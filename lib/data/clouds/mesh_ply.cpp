// PLY ("The PLY Polygon File Format", Greg Turk 1994): vertices and faces, everything else passed
// over.
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/utf8.h"
#include "data/clouds/mesh_formats.h"
#include "data/clouds/mesh_lines.h"

namespace akida::data {
namespace {

constexpr std::size_t kMaxElements = 64;     // kinds of them in a file
constexpr std::size_t kMaxProperties = 256;  // of one kind
constexpr std::uint64_t kMaxElementCount = 1ULL << 28;
constexpr std::string_view kHeaderEnd = "end_header";

enum class Number { kNone, kI8, kU8, kI16, kU16, kI32, kU32, kF32, kF64 };

struct NumberName {
  std::string_view text;
  Number number;
};
constexpr std::array kNumberNames = {
    NumberName{"char", Number::kI8},    NumberName{"int8", Number::kI8},
    NumberName{"uchar", Number::kU8},   NumberName{"uint8", Number::kU8},
    NumberName{"short", Number::kI16},  NumberName{"int16", Number::kI16},
    NumberName{"ushort", Number::kU16}, NumberName{"uint16", Number::kU16},
    NumberName{"int", Number::kI32},    NumberName{"int32", Number::kI32},
    NumberName{"uint", Number::kU32},   NumberName{"uint32", Number::kU32},
    NumberName{"float", Number::kF32},  NumberName{"float32", Number::kF32},
    NumberName{"double", Number::kF64}, NumberName{"float64", Number::kF64},
};

constexpr std::size_t size_of_number(Number number) {
  constexpr std::array<std::size_t, 9> kSizes = {0, 1, 1, 2, 2, 4, 4, 4, 8};
  return kSizes[static_cast<std::size_t>(number)];
}

struct Property {
  std::string name;
  Number number = Number::kNone;
  Number count = Number::kNone;  // of a list: how its length is stored
};

struct Element {
  std::string name;
  std::uint64_t count = 0;
  std::vector<Property> properties;
};

enum class Storage { kAscii, kLittle, kBig };

struct Header {
  Storage storage = Storage::kAscii;
  std::vector<Element> elements;
  std::size_t lines = 0;
  std::size_t bytes = 0;  // up to the data
};

// --- the header
// -----------------------------------------------------------------------------------

class HeaderReader {
 public:
  explicit HeaderReader(std::string_view file) : file_(file), lines_(file, {.comments = false}) {}

  Header read() {
    (void)lines_.next();  // the magic
    for (;;) {
      if (!lines_.next()) lines_.refuse("file ends before 'end_header'");
      const std::string_view word = lines_.fields()[0];
      if (word == kHeaderEnd) break;
      if (word == "format") {
        read_format();
      } else if (word == "element") {
        read_element();
      } else if (word == "property") {
        read_property();
      } else if (word != "comment" && word != "obj_info") {
        lines_.refuse(fmt::format("unknown word '{}'", printable(std::string(word.substr(0, 40)))));
      }
    }
    if (!has_format_) lines_.refuse("'format' is missing");
    header_.lines = lines_.number();
    header_.bytes = file_.size() - lines_.remaining();
    return std::move(header_);
  }

 private:
  void read_format() {
    lines_.need(3, "format");
    const std::string_view name = lines_.fields()[1];
    if (name == "ascii") {
      header_.storage = Storage::kAscii;
    } else if (name == "binary_little_endian") {
      header_.storage = Storage::kLittle;
    } else if (name == "binary_big_endian") {
      header_.storage = Storage::kBig;
    } else {
      lines_.refuse(fmt::format("unknown format '{}'", printable(std::string(name.substr(0, 40)))));
    }
    has_format_ = true;
  }

  void read_element() {
    lines_.need(3, "element");
    if (header_.elements.size() == kMaxElements) {
      lines_.refuse(fmt::format("more than {} elements, the limit", kMaxElements));
    }
    const auto count = lines_.integer(2, "count of elements", 0, INT64_MAX);
    const std::string_view name = lines_.fields()[1];
    const std::uint64_t limit = name == "vertex" ? kMaxMeshVertices
                                : name == "face" ? kMaxMeshTriangles
                                                 : kMaxElementCount;
    check_mesh_count(lines_, "elements", static_cast<std::uint64_t>(count), limit, 1);
    header_.elements.push_back({std::string(name), static_cast<std::uint64_t>(count), {}});
  }

  void read_property() {
    lines_.need(3, "property");
    if (header_.elements.empty()) lines_.refuse("property comes before its element");
    std::vector<Property>& properties = header_.elements.back().properties;
    if (properties.size() == kMaxProperties) {
      lines_.refuse(fmt::format("more than {} properties, the limit", kMaxProperties));
    }
    const bool list = lines_.fields()[1] == "list";
    if (list) lines_.need(5, "property list");
    Property property;
    property.name = std::string(lines_.fields()[list ? 4 : 2]);
    property.number = number_of(lines_.fields()[list ? 3 : 1]);
    if (list) property.count = number_of(lines_.fields()[2]);
    properties.push_back(std::move(property));
  }

  Number number_of(std::string_view name) const {
    for (const NumberName& known : kNumberNames) {
      if (known.text == name) return known.number;
    }
    lines_.refuse(fmt::format("unknown type '{}'", printable(std::string(name.substr(0, 40)))));
  }

  std::string_view file_;
  MeshLines lines_;
  Header header_;
  bool has_format_ = false;
};

// --- the data
// -------------------------------------------------------------------------------------

class Values {
 public:
  Values() = default;
  Values(const Values&) = delete;
  Values& operator=(const Values&) = delete;
  virtual ~Values() = default;

  virtual void begin_element(const Element& element) = 0;
  virtual double next(Number number) = 0;
  // Throws kFormat where fewer than `count` numbers can follow.
  virtual void need(std::uint64_t count, Number number) = 0;
  [[noreturn]] virtual void refuse(const std::string& what) const = 0;
};

class AsciiValues final : public Values {
 public:
  AsciiValues(std::string_view data, std::size_t lines_before)
      : lines_(data, {.comments = false}), before_(lines_before) {}

  void begin_element(const Element& element) override {
    field_ = 0;
    if (!lines_.next())
      refuse(fmt::format("file ends before the last {}", printable(element.name)));
  }

  double next(Number /*number*/) override {
    need(1, Number::kNone);
    try {
      return lines_.real(field_++, "value");
    } catch (const Error&) {
      refuse(fmt::format("field {} is no finite number", field_));
    }
  }

  void need(std::uint64_t count, Number /*number*/) override {
    const std::uint64_t left = lines_.fields().size() - field_;
    if (count > left) refuse(fmt::format("{} further values are needed, {} remain", count, left));
  }

  [[noreturn]] void refuse(const std::string& what) const override {
    fail(ErrorKind::kFormat, "line {}: {}", before_ + lines_.number(), what);
  }

 private:
  MeshLines lines_;
  std::size_t before_;
  std::size_t field_ = 0;
};

class BinaryValues final : public Values {
 public:
  BinaryValues(std::string_view file, std::size_t at, bool big) : file_(file), at_(at), big_(big) {}

  void begin_element(const Element& /*element*/) override {}

  double next(Number number) override {
    need(1, number);
    std::array<char, 8> bytes{};
    const std::size_t size = size_of_number(number);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = file_[at_ + (big_ ? size - 1 - i : i)];
    at_ += size;
    switch (number) {
      case Number::kI8:
        return as<std::int8_t>(bytes);
      case Number::kU8:
        return as<std::uint8_t>(bytes);
      case Number::kI16:
        return as<std::int16_t>(bytes);
      case Number::kU16:
        return as<std::uint16_t>(bytes);
      case Number::kI32:
        return as<std::int32_t>(bytes);
      case Number::kU32:
        return as<std::uint32_t>(bytes);
      case Number::kF32:
        return as<float>(bytes);
      default:
        return as<double>(bytes);
    }
  }

  void need(std::uint64_t count, Number number) override {
    const std::uint64_t left = file_.size() - at_;
    if (count > left / size_of_number(number)) {
      refuse(fmt::format("{} further values need {} bytes, {} remain", count,
                         count * size_of_number(number), left));
    }
  }

  [[noreturn]] void refuse(const std::string& what) const override {
    fail(ErrorKind::kFormat, "offset {}: {}", at_, what);
  }

 private:
  // The first bytes in little-endian order.
  template <typename T>
  static double as(const std::array<char, 8>& bytes) {
    static_assert(std::endian::native == std::endian::little);
    T value;
    std::memcpy(&value, bytes.data(), sizeof(T));
    return static_cast<double>(value);
  }

  std::string_view file_;
  std::size_t at_;
  bool big_;
};

class PlyReader {
 public:
  explicit PlyReader(std::string_view file) : header_(HeaderReader(file).read()) {
    if (header_.storage == Storage::kAscii) {
      values_ = std::make_unique<AsciiValues>(file.substr(header_.bytes), header_.lines);
    } else {
      values_ =
          std::make_unique<BinaryValues>(file, header_.bytes, header_.storage == Storage::kBig);
    }
    for (const Element& element : header_.elements) {
      if (element.name == "vertex") vertices_ = element.count;
    }
  }

  Mesh read() {
    for (const Element& element : header_.elements) {
      if (element.properties.empty()) continue;  // nothing is stored
      if (element.name == "vertex") {
        read_vertices(element);
      } else {
        for (std::uint64_t i = 0; i < element.count; ++i) read_element(element);
      }
    }
    return std::move(mesh_);
  }

 private:
  void read_vertices(const Element& element) {
    std::array<std::size_t, 3> place{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const std::string name(1, "xyz"[axis]);
      std::optional<std::size_t> found;
      for (std::size_t i = 0; i < element.properties.size(); ++i) {
        if (element.properties[i].name == name) found = i;
      }
      if (!found) values_->refuse(fmt::format("vertices have no property '{}'", name));
      place[axis] = *found;
    }
    if (mesh_.vertices.size() + element.count > kMaxMeshVertices) {
      values_->refuse(fmt::format("more than {} vertices, the limit", kMaxMeshVertices));
    }
    std::vector<double> values(element.properties.size());
    for (std::uint64_t i = 0; i < element.count; ++i) {
      values_->begin_element(element);
      for (std::size_t p = 0; p < values.size(); ++p) values[p] = read_property(element, p);
      const Point point = {values[place[0]], values[place[1]], values[place[2]]};
      for (const double coordinate : point) {
        if (!std::isfinite(coordinate)) {
          values_->refuse(fmt::format("coordinate {} of vertex {} is not finite", coordinate, i));
        }
      }
      mesh_.vertices.push_back(point);
    }
  }

  void read_element(const Element& element) {
    values_->begin_element(element);
    for (std::size_t p = 0; p < element.properties.size(); ++p) (void)read_property(element, p);
  }

  // A number; of a list, whose vertices become triangles where it is a face's, the length.
  double read_property(const Element& element, std::size_t index) {
    const Property& property = element.properties[index];
    if (property.count == Number::kNone) return values_->next(property.number);
    const double length = values_->next(property.count);
    if (!(length >= 0) || length > 4294967295.0 || length != std::floor(length)) {
      values_->refuse(fmt::format("length {} of a list is outside 0..4294967295", length));
    }
    const auto count = static_cast<std::uint64_t>(length);
    values_->need(count, property.number);
    const bool is_face = element.name == "face" &&
                         (property.name == "vertex_indices" || property.name == "vertex_index");
    polygon_.clear();
    for (std::uint64_t i = 0; i < count; ++i) {
      const double value = values_->next(property.number);
      if (is_face) polygon_.push_back(vertex_of(value));
    }
    add_polygon(polygon_, mesh_);
    return length;
  }

  std::uint32_t vertex_of(double value) const {
    if (!(value >= 0) || value >= static_cast<double>(vertices_) || value != std::floor(value)) {
      values_->refuse(fmt::format("vertex {} of a face is outside 0..{}", value,
                                  static_cast<std::int64_t>(vertices_) - 1));
    }
    return static_cast<std::uint32_t>(value);
  }

  Header header_;
  std::unique_ptr<Values> values_;
  std::uint64_t vertices_ = 0;  // that the header declares
  std::vector<std::uint32_t> polygon_;
  Mesh mesh_;
};

}  // namespace

Mesh decode_ply(std::string_view file) { return PlyReader(file).read(); }

}  // namespace akida::data
