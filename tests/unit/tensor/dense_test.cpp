#include "tensor/dense.h"

#include <catch2/catch.hpp>
#include <limits>

using namespace akida;

TEST_CASE("a new tensor is zero and has the bytes of its elements") {
  const Dense dense(DType::kF64, {2, 3, 4});
  CHECK(dense.size() == 24);
  CHECK(dense.bytes().size() == 192);
  CHECK(dense.shape_string() == "(2, 3, 4)");
  for (const double value : dense.data<double>()) CHECK(value == 0.0);
  CHECK(Dense(DType::kI32, {5, 0, 7}).empty());
}

TEST_CASE("values lie row by row and read as doubles whatever the type") {
  const Dense dense =
      Dense::from<std::int8_t>(std::vector<std::int8_t>{1, -2, 3, -4, 5, -128}, {2, 3});
  CHECK(dense.data<std::int8_t>()[1 * 3 + 2] == -128);  // row 1, column 2
  CHECK(dense.value(5) == -128.0);
  CHECK(Dense::from<float>(std::vector{0.5F}, {1}).value(0) == 0.5);
  CHECK(Dense::from<std::int32_t>(std::vector{std::numeric_limits<std::int32_t>::min()}, {1})
            .value(0) == -2147483648.0);
  CHECK(Dense::from<std::uint8_t>(std::vector<std::uint8_t>{255}, {1}).value(0) == 255.0);
}

TEST_CASE("equal tensors agree in type, shape and every value") {
  const Dense dense = Dense::from<std::uint8_t>(std::vector<std::uint8_t>{1, 2}, {2});
  Dense other = dense;
  CHECK(other == dense);
  other.data<std::uint8_t>()[1] = 3;
  CHECK_FALSE(other == dense);
  CHECK_FALSE(Dense::from<std::uint8_t>(std::vector<std::uint8_t>{1, 2}, {1, 2}) == dense);
  CHECK_FALSE(Dense::from<std::int8_t>(std::vector<std::int8_t>{1, 2}, {2}) == dense);
}

TEST_CASE("impossible shapes, wrong counts and wrong types are errors") {
  CHECK_THROWS_WITH(Dense(DType::kU8, {2, -1}),
                    "tensor dimension: -1 is outside 0..18446744073709551615");
  CHECK_THROWS_WITH(Dense(DType::kU8, {1LL << 32, 1LL << 32}),
                    "tensor size: 4294967296 x 4294967296 overflows 64 bits");
  CHECK_THROWS_WITH(Dense(DType::kF64, {1LL << 62}),
                    "tensor size: 4611686018427387904 x 8 overflows 64 bits");
  CHECK_THROWS_WITH(Dense::from<float>(std::vector{1.0F, 2.0F}, {3}),
                    "2 values do not fill a tensor of shape (3)");
  CHECK_THROWS_WITH(Dense(DType::kU8, {1}).data<float>(), "tensor holds u8 elements, not f32");
}
