#include "io/npy.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/checked.h"
#include "io/byte_fields.h"

namespace akida::io {
namespace {

constexpr std::array<unsigned char, 6> kNpyMagic = {0x93, 'N', 'U', 'M', 'P', 'Y'};
constexpr std::size_t kMaxDims = 4;
constexpr std::size_t kAlignment = 64;     // of the data in files that NumPy writes
constexpr std::size_t kGrowthDigits = 21;  // NumPy leaves room to rewrite the first dimension

// The header is a Python dictionary literal with the keys descr, fortran_order and shape, each
// once, in any order.
class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : text_(text) {}

  void parse() {
    expect('{');
    while (!accept('}')) {
      const std::string key = parse_string();
      expect(':');
      parse_value(key);
      if (accept('}')) break;
      expect(',');
    }
    if (!at_end()) refuse("text follows the dictionary");
    for (const char* key : {"descr", "fortran_order", "shape"}) {
      if (std::find(seen_.begin(), seen_.end(), key) == seen_.end()) {
        refuse(fmt::format("key '{}' is missing", key));
      }
    }
  }

  NpyHeader header;

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    fail(ErrorKind::kFormat, "header character {}: {}", at_, what);
  }

  bool at_end() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    return at_ == text_.size();
  }
  bool accept(char wanted) {
    if (at_end() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted)) refuse(fmt::format("'{}' is missing", wanted));
  }

  std::string parse_string() {
    const char quote = !at_end() && text_[at_] == '"' ? '"' : '\'';
    expect(quote);
    const std::size_t end = text_.find(quote, at_);
    if (end == std::string_view::npos) refuse("a string has no end");
    const std::string value(text_.substr(at_, end - at_));
    at_ = end + 1;
    return value;
  }

  bool parse_bool() {
    (void)at_end();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(at_, word.size()) != word) continue;
      at_ += word.size();
      return value;
    }
    refuse("fortran_order is neither True nor False");
  }

  void parse_shape() {
    expect('(');
    while (!accept(')')) {
      (void)at_end();
      std::int64_t value = 0;
      const char* begin = text_.data() + at_;
      const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
      if (error != std::errc() || value < 0) refuse("a dimension is no number of elements");
      at_ += static_cast<std::size_t>(end - begin);
      header.shape.push_back(value);
      if (accept(')')) break;
      expect(',');
    }
  }

  // 'TYPE', or [('NAME', 'TYPE'), ...] for structured elements.
  void parse_descr() {
    header.structured = accept('[');
    if (!header.structured) {
      header.fields.push_back({.name = "", .descr = parse_string()});
      return;
    }
    while (!accept(']')) {
      expect('(');
      const std::string name = parse_string();
      expect(',');
      if (accept('[')) fail(ErrorKind::kUnsupported, "structures in structures are not supported");
      header.fields.push_back({.name = name, .descr = parse_string()});
      if (accept(',')) fail(ErrorKind::kUnsupported, "arrays in structures are not supported");
      expect(')');
      if (accept(']')) break;
      expect(',');
    }
  }

  void parse_value(const std::string& key) {
    if (std::find(seen_.begin(), seen_.end(), key) != seen_.end()) {
      refuse(fmt::format("key '{}' appears twice", key));
    }
    seen_.push_back(key);
    if (key == "descr") {
      parse_descr();
    } else if (key == "fortran_order") {
      header.fortran_order = parse_bool();
    } else if (key == "shape") {
      parse_shape();
    } else {
      refuse(fmt::format("unknown key '{}'", key));
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> seen_;
};

template <typename Stored, typename Kept>
void convert(std::span<const std::byte> bytes, std::int64_t first, Dense& out) {
  const auto kept = out.data<Kept>();
  for (std::size_t i = 0; i < kept.size(); ++i) {
    Stored value{};
    std::memcpy(&value, bytes.data() + i * sizeof value, sizeof value);
    if constexpr (std::is_integral_v<Stored>) {
      if (!std::in_range<Kept>(value)) {
        fail(ErrorKind::kInvalid, "element {}: {} is outside {}..{}",
             static_cast<std::uint64_t>(first) + i, value, std::numeric_limits<Kept>::min(),
             std::numeric_limits<Kept>::max());
      }
    }
    kept[i] = static_cast<Kept>(value);
  }
}

// IEEE 754 binary16, all of which are float32 numbers.
void convert_half(std::span<const std::byte> bytes, std::int64_t /*first*/, Dense& out) {
  constexpr int kMantissaBits = 10;
  constexpr unsigned kInfinite = 31;
  const auto kept = out.data<float>();
  for (std::size_t i = 0; i < kept.size(); ++i) {
    std::uint16_t half = 0;
    std::memcpy(&half, bytes.data() + i * sizeof half, sizeof half);
    const unsigned exponent = half >> kMantissaBits & kInfinite;
    const auto mantissa = static_cast<float>(half & 0x3FFU);
    float value = mantissa == 0 ? std::numeric_limits<float>::infinity()
                                : std::numeric_limits<float>::quiet_NaN();
    if (exponent == 0) {
      value = std::ldexp(mantissa, -24);
    } else if (exponent < kInfinite) {
      value = std::ldexp(mantissa + 1024, static_cast<int>(exponent) - 25);
    }
    kept[i] = (half & 0x8000U) != 0 ? -value : value;
  }
}

}  // namespace

struct NpyType {
  std::string_view code;  // without the byte order
  std::size_t size;       // bytes per element
  DType kept;
  void (*convert)(std::span<const std::byte> bytes, std::int64_t first, Dense& out);
};

namespace {

constexpr std::array kNpyTypes = {
    NpyType{"u1", 1, DType::kU8, convert<std::uint8_t, std::uint8_t>},
    NpyType{"b1", 1, DType::kU8, convert<std::uint8_t, std::uint8_t>},
    NpyType{"i1", 1, DType::kI8, convert<std::int8_t, std::int8_t>},
    NpyType{"i2", 2, DType::kI32, convert<std::int16_t, std::int32_t>},
    NpyType{"u2", 2, DType::kI32, convert<std::uint16_t, std::int32_t>},
    NpyType{"i4", 4, DType::kI32, convert<std::int32_t, std::int32_t>},
    NpyType{"u4", 4, DType::kI32, convert<std::uint32_t, std::int32_t>},
    NpyType{"i8", 8, DType::kI32, convert<std::int64_t, std::int32_t>},
    NpyType{"u8", 8, DType::kI32, convert<std::uint64_t, std::int32_t>},
    NpyType{"f2", 2, DType::kF32, convert_half},
    NpyType{"f4", 4, DType::kF32, convert<float, float>},
    NpyType{"f8", 8, DType::kF64, convert<double, double>},
};

const NpyType* find_type(std::string_view descr) {
  const std::string_view code = descr.substr(std::min<std::size_t>(1, descr.size()));
  const auto* const found = std::find_if(kNpyTypes.begin(), kNpyTypes.end(),
                                         [&](const NpyType& type) { return type.code == code; });
  const bool order = descr.starts_with('<') || descr.starts_with('>') || descr.starts_with('|');
  if (found == kNpyTypes.end() || (!order && found->size > 1)) {
    fail(ErrorKind::kUnsupported, "element type '{}' is not supported", descr);
  }
  return found;
}

// Turns the bytes of every element of `size` around.
void reverse_each(std::span<std::byte> bytes, std::size_t size) {
  for (; bytes.size() >= size; bytes = bytes.subspan(size)) {
    std::ranges::reverse(bytes.first(size));
  }
}

std::string_view descr_of(DType type) {
  switch (type) {
    case DType::kU8:
      return "|u1";
    case DType::kI8:
      return "|i1";
    case DType::kI32:
      return "<i4";
    case DType::kF32:
      return "<f4";
    case DType::kF64:
      return "<f8";
  }
  return "";
}

void check_dims(const std::vector<std::int64_t>& dims, std::size_t element_bytes) {
  if (dims.size() > kMaxDims) {
    fail(ErrorKind::kUnsupported, "array of {} dimensions exceeds limit {}", dims.size(), kMaxDims);
  }
  std::uint64_t bytes = element_bytes;
  for (const std::int64_t dim : dims) {
    const auto factor = static_cast<std::uint64_t>(std::max<std::int64_t>(dim, 1));
    bytes = checked_mul(bytes, factor, "array size");
  }
  if (bytes > kMaxNpyBytes) {
    fail(ErrorKind::kUnsupported, "array of {} bytes exceeds limit {}", bytes, kMaxNpyBytes);
  }
}

}  // namespace

std::span<const std::byte> npy_magic() { return std::as_bytes(std::span(kNpyMagic)); }

NpyReader::NpyReader(ByteSource& source) : source_(source) {
  with_name_of(source_, [&] { read_header(); });
}

NpyHeader read_npy_header(ByteSource& source) {
  const std::vector<std::byte> head = read_up_to(source, kNpyMagic.size() + 2);
  if (head.size() < kNpyMagic.size() ||
      !std::ranges::equal(std::span(head).first(kNpyMagic.size()), npy_magic())) {
    fail(ErrorKind::kFormat, "offset 0: no .npy file, the magic is missing");
  }
  FieldReader version{std::span(head).subspan(kNpyMagic.size()), "offset", kNpyMagic.size()};
  const auto major = version.get<std::uint8_t>("version");
  const auto minor = version.get<std::uint8_t>("version");
  if (major < 1 || major > 3 || minor != 0) {
    fail(ErrorKind::kUnsupported, "offset {}: version {}.{} is unknown", kNpyMagic.size(), major,
         minor);
  }
  const std::uint64_t start = source.offset();
  std::vector<std::byte> prefix = read_up_to(source, major == 1 ? 2 : 4);
  FieldReader length(prefix, "offset", start);
  length.need(major == 1 ? 2 : 4, "header length");
  prefix.resize(sizeof(std::uint32_t));
  const std::uint32_t bytes =
      FieldReader(prefix, "offset", start).get_count("header length", kMaxNpyHeaderBytes);
  const std::vector<std::byte> text = read_up_to(source, bytes);
  FieldReader(text, "offset", start).need(bytes, "header");
  HeaderParser parser({reinterpret_cast<const char*>(text.data()), text.size()});
  parser.parse();
  return std::move(parser.header);
}

void NpyReader::read_header() {
  const NpyHeader header = read_npy_header(source_);
  if (header.structured) fail(ErrorKind::kUnsupported, "structured elements are not supported");
  stored_ = find_type(header.fields.front().descr);
  type_ = stored_->kept;
  is_big_endian_ = header.fields.front().descr.starts_with('>');
  if (header.fortran_order && header.shape.size() > 1) {
    fail(ErrorKind::kUnsupported, "array is in Fortran order, save numpy.ascontiguousarray(array)");
  }
  dims_ = header.shape.empty() ? std::vector<std::int64_t>{1} : header.shape;
  check_dims(dims_, stored_->size);
}

Dense NpyReader::read_rows(std::int64_t count) {
  const std::int64_t row = std::accumulate(dims_.begin() + 1, dims_.end(), std::int64_t{1},
                                           [](std::int64_t a, std::int64_t b) { return a * b; });
  std::vector<std::int64_t> dims = dims_;
  dims[0] = std::min(count, dims_[0] - next_row_);
  const std::uint64_t bytes = static_cast<std::uint64_t>(dims[0] * row) * stored_->size;
  const std::uint64_t start = source_.offset();
  std::vector<std::byte> stored = read_up_to(source_, bytes);
  if (is_big_endian_) reverse_each(stored, stored_->size);
  return with_name_of(source_, [&] {
    FieldReader(stored, "offset", start).need(bytes, "array");
    Dense part(type_, dims);
    stored_->convert(stored, next_row_ * row, part);
    next_row_ += dims[0];
    if (next_row_ == dims_[0] && !source_.peek(1).empty()) {
      fail(ErrorKind::kFormat, "offset {}: bytes follow the array", source_.offset());
    }
    return part;
  });
}

Dense read_npy(ByteSource& source) {
  NpyReader reader(source);
  return reader.read_rows(reader.dims()[0]);
}

void write_npy_header(ByteSink& sink, DType type, const std::vector<std::int64_t>& dims) {
  std::string shape;
  for (const std::int64_t dim : dims) shape += fmt::format("{}, ", dim);
  if (dims.size() > 1) shape.pop_back();
  if (!shape.empty()) shape.pop_back();
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}",
                                   descr_of(type), shape);
  if (!dims.empty()) {
    header.append(kGrowthDigits - std::min(kGrowthDigits, std::to_string(dims[0]).size()), ' ');
  }
  std::vector<std::byte> bytes;
  put_bytes(bytes, npy_magic());
  put(bytes, std::uint8_t{1});
  put(bytes, std::uint8_t{0});
  const std::size_t used = bytes.size() + sizeof(std::uint16_t) + header.size() + 1;
  header.append((kAlignment - used % kAlignment) % kAlignment, ' ');
  header += '\n';
  put(bytes, static_cast<std::uint16_t>(header.size()));
  put_text(bytes, header);
  sink.write(bytes);
}

void write_npy(ByteSink& sink, const Dense& array) {
  write_npy_header(sink, array.type(), array.dims());
  sink.write(array.bytes());
}

}  // namespace akida::io
