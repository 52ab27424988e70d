#include "io/npy.h"

#include <catch2/catch.hpp>
#include <limits>

#include "base/error.h"

using namespace akida;
using Catch::Matchers::Contains;

namespace {

// A version 1.0 file with this header text, padded to a multiple of 64 bytes, and `data`.
std::vector<std::byte> file_of(std::string header, const std::vector<unsigned char>& data) {
  header.append((64 - (10 + header.size() + 1) % 64) % 64, ' ');
  header += '\n';
  std::string text = "\x93NUMPY";
  text +=
      {'\1', '\0', static_cast<char>(header.size() % 256), static_cast<char>(header.size() / 256)};
  text += header;
  text.append(data.begin(), data.end());
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

Dense read(const std::vector<std::byte>& bytes) {
  return io::read_npy(*io::memory_source(bytes, "a.npy"));
}

std::vector<std::byte> write(const Dense& dense) {
  io::MemorySink sink;
  io::write_npy(sink, dense);
  return sink.bytes();
}

}  // namespace

TEST_CASE("an array is written as numpy.save writes it") {
  const std::vector<std::int32_t> values = {0, 1, 2, 3, 4, 5};
  const auto bytes = write(Dense::from<std::int32_t>(values, {2, 3}));
  REQUIRE(bytes.size() == 128 + 24);
  // numpy 1.24.2: numpy.save of numpy.arange(6, dtype='<i4').reshape(2, 3)
  const std::string expected = std::string("\x93NUMPY\x01\x00v\x00", 10) +
                               "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }" +
                               std::string(58, ' ') + "\n";
  CHECK(std::string(reinterpret_cast<const char*>(bytes.data()), 128) == expected);
}

TEST_CASE("what was written is read back for every type and number of dimensions") {
  for (const DType type : {DType::kU8, DType::kI8, DType::kI32, DType::kF32, DType::kF64}) {
    for (const auto& dims :
         std::vector<std::vector<std::int64_t>>{{7}, {2, 3}, {1, 2, 3}, {2, 3, 4, 5}, {0, 4}}) {
      Dense dense(type, dims);
      for (std::size_t i = 0; i < dense.bytes().size(); ++i) {
        dense.bytes()[i] = static_cast<std::byte>(i % 100);
      }
      CHECK((read(write(dense)) == dense));
    }
  }
}

TEST_CASE("wider integers are read where their values fit") {
  const auto longs = file_of("{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }",
                             {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF});
  CHECK(read(longs).data<std::int32_t>()[0] == -1);
  const auto large = file_of("{'descr': '<u8', 'fortran_order': False, 'shape': (1,), }",
                             {0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0});
  CHECK_THROWS_WITH(read(large), "a.npy: element 0: 4294967295 is outside -2147483648..2147483647");
  const auto shorts =
      file_of("{'descr': '<u2', 'fortran_order': False, 'shape': (2,), }", {1, 0, 0xFF, 0xFF});
  CHECK(read(shorts).data<std::int32_t>()[1] == 65535);
  const auto bools = file_of("{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }", {1, 0});
  CHECK(read(bools).type() == DType::kU8);
}

TEST_CASE("headers may be written in other ways") {
  CHECK(read(file_of("{\"shape\":(2,),'fortran_order':True,'descr':'|u1'}", {8, 9}))
            .data<std::uint8_t>()[1] == 9);
  CHECK(read(file_of("{'descr': '|u1', 'fortran_order': False, 'shape': ()}", {8})).dims() ==
        std::vector<std::int64_t>{1});
}

TEST_CASE("the header of structured elements lists their fields") {
  const auto bytes = file_of(
      "{'descr': [('t', '<u8'), ('p', '|b1')], 'fortran_order': False, 'shape': (3,), }", {7});
  const auto source = io::memory_source(bytes);
  const io::NpyHeader header = io::read_npy_header(*source);
  CHECK(header.structured);
  REQUIRE(header.fields.size() == 2);
  CHECK(header.fields[0].name == "t");
  CHECK(header.fields[1].descr == "|b1");
  CHECK(header.shape == std::vector<std::int64_t>{3});
  CHECK(source->peek(2).size() == 1);  // the elements
}

TEST_CASE("big-endian elements and halves are read") {
  const auto value = [](const std::string& type, const std::vector<unsigned char>& bytes) {
    const std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (1,), }";
    return read(file_of(header, bytes)).value(0);
  };
  CHECK(value(">i4", {0, 0, 1, 2}) == 258);
  CHECK(value(">u2", {1, 2}) == 258);
  CHECK(value(">f8", {0xC0, 0x10, 0, 0, 0, 0, 0, 0}) == -4);
  CHECK(value("<f2", {0x01, 0x00}) == 0x1p-24);  // the least
  CHECK(value("<f2", {0xFF, 0x7B}) == 65504);    // the greatest
  CHECK(value(">f2", {0xB8, 0x00}) == -0.5);
  CHECK(value("<f2", {0x00, 0xFC}) == -std::numeric_limits<double>::infinity());
}

TEST_CASE("what cannot be read is named") {
  const auto refuses = [](const std::string& header, const std::string& message) {
    CHECK_THROWS_WITH(read(file_of(header, {1, 2, 3, 4})), Contains(message));
  };
  refuses("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 2), }", "Fortran order");
  refuses("{'descr': '=i4', 'fortran_order': False, 'shape': (1,), }",
          "element type '=i4' is not supported");
  refuses("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", "element type '<c8'");
  refuses("{'descr': [('x', '<i4')], 'fortran_order': False, 'shape': (1,), }", "structured");
  refuses("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1, 2, 2), }",
          "5 dimensions exceeds limit 4");
  refuses("{'descr': '|u1', 'fortran_order': False, 'shape': (5,), }",
          "array needs 5 bytes, 4 remain");
  refuses("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", "bytes follow the array");
  refuses("{'descr': '|u1', 'fortran_order': False, 'shape': (-1,), }", "a dimension is no number");
  refuses("{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 4), }",
          "overflows 64 bits");
  refuses("{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999,), }",
          "array of 99999999999 bytes exceeds limit 17179869184");
  refuses("{'descr': '|u1', 'fortran_order': False, }", "key 'shape' is missing");
  refuses("{'descr': '|u1', 'descr': '|u1', }", "key 'descr' appears twice");
  refuses("{'descr': '|u1', 'evil': 1, }", "unknown key 'evil'");
  refuses("{'descr': '|u1", "a string has no end");
  refuses("", "'{' is missing");
  CHECK_THROWS_WITH(read({}), "a.npy: offset 0: no .npy file, the magic is missing");
}

TEST_CASE("no prefix and no damaged byte of a file is more than an error") {
  const auto bytes =
      file_of("{'descr': '<i4', 'fortran_order': False, 'shape': (1,), }", {1, 2, 3, 4});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK_THROWS_AS(read({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)}),
                    Error);
  }
  for (std::size_t i = 0; i < bytes.size() - 4; ++i) {
    for (int value = 0; value < 256; ++value) {
      auto damaged = bytes;
      damaged[i] = static_cast<std::byte>(value);
      try {
        (void)read(damaged);
      } catch (const Error&) {
      }
    }
  }
}

TEST_CASE("rows are read in pieces") {
  const std::vector<std::uint8_t> values = {0, 1, 2, 3, 4, 5};
  const auto bytes = write(Dense::from<std::uint8_t>(values, {3, 2}));
  const auto source = io::memory_source(bytes);
  io::NpyReader reader(*source);
  CHECK(reader.read_rows(2).dims() == std::vector<std::int64_t>{2, 2});
  const Dense last = reader.read_rows(2);
  CHECK(last.dims() == std::vector<std::int64_t>{1, 2});
  CHECK(last.data<std::uint8_t>()[1] == 5);
  CHECK(reader.read_rows(2).dims()[0] == 0);
}
