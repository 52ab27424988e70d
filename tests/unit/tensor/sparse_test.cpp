#include "tensor/sparse.h"

#include <catch2/catch.hpp>
#include <limits>

using namespace akida;

TEST_CASE("coords_to_sparse keeps the API's (sample, x, y, feature) order") {
  const std::vector<std::int32_t> coords = {0, 1, 2, 0, 1, 3, 0, 1};
  const Sparse sparse = coords_to_sparse(coords, 4, {.width = 4, .height = 3, .channels = 2});
  CHECK(sparse.dims() == std::vector<std::int32_t>{2, 4, 3, 2});
  CHECK(sparse.nnz() == 2);
  CHECK(sparse.sparsity() == Approx(1 - 2.0 / 48));
  const Dense dense = sparse.to_dense();
  CHECK(dense.dims() == std::vector<std::int64_t>{2, 3, 4, 2});
  CHECK(dense.data<std::uint8_t>()[(2 * 4 + 1) * 2 + 0] == 1);
  CHECK(dense.data<std::uint8_t>()[24 + (0 * 4 + 3) * 2 + 1] == 1);
}

TEST_CASE("duplicate events collapse, or sum on request") {
  const std::vector<std::int32_t> coords = {1, 1, 0, 1, 1, 0, 0, 1, 0};
  const Shape shape{.width = 2, .height = 2, .channels = 1};
  CHECK(coords_to_sparse(coords, 3, shape).nnz() == 2);
  const Sparse counted = coords_to_sparse(coords, 3, shape, 1, true);
  CHECK(counted.to_dense().data<std::uint8_t>()[3] == 2);
}

TEST_CASE("an event out of range is refused with its place") {
  const std::vector<std::int32_t> coords = {0, 0, 0, 2, 0, 0};
  CHECK_THROWS_WITH(coords_to_sparse(coords, 3, {.width = 2, .height = 2, .channels = 1}),
                    "sample 0: event 1: x 2 is outside 0..1");
}

TEST_CASE("sizes that are not positive or pass 32 bits are refused") {
  CHECK_THROWS_WITH(Sparse({3, 0}, {}), "dimension 0 of a sparse tensor is not positive");
  CHECK_THROWS_WITH(Sparse({}, {}), "a sparse tensor has 1 to 4 dimensions, not 0");
  const std::vector<std::int32_t> coords = {std::numeric_limits<std::int32_t>::max(), 0, 0, 0};
  CHECK_THROWS_WITH(coords_to_sparse(coords, 4, {.width = 1, .height = 1, .channels = 1}),
                    "samples: 2147483648 is outside -2147483648..2147483647");
}

TEST_CASE("dense_to_sparse and to_dense are inverse") {
  Dense dense(DType::kI32, {2, 3, 4, 5});
  for (std::int64_t i = 0; i < dense.size(); i += 7) {
    dense.data<std::int32_t>()[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(i) - 50;
  }
  CHECK(dense_to_sparse(dense).to_dense() == dense);
}

TEST_CASE("chip removes a dimension and slice keeps the shape") {
  const std::vector<std::int32_t> coords = {0, 1, 2, 0, 1, 3, 0, 1, 1, 1, 1, 1};
  const Sparse sparse = coords_to_sparse(coords, 4, {.width = 4, .height = 3, .channels = 2});
  const Sparse chip = sparse.chip(0, 1);
  CHECK(chip.dims() == std::vector<std::int32_t>{4, 3, 2});
  CHECK(chip.nnz() == 2);
  const std::vector<std::int32_t> mask = {-1, -1, -1, 1};
  CHECK(sparse.slice(mask).nnz() == 2);
  CHECK(sparse.slice(mask).dims() == sparse.dims());
}

TEST_CASE("sort follows the requested order of dimensions") {
  const std::vector<std::int32_t> coords = {2, 0, 0, 0, 1, 0, 1, 1, 1};
  Sparse sparse = coords_to_sparse(coords, 3, {.width = 3, .height = 2, .channels = 2});
  const std::vector<int> by_x = {1, 2, 3, 0};
  sparse.sort(by_x);
  CHECK(sparse.elements()[0].coords[1] == 0);
  CHECK(sparse.elements()[2].coords[1] == 2);
  const std::vector<int> wrong = {0, 0, 1, 2};
  CHECK_THROWS(sparse.sort(wrong));
}

TEST_CASE("packetize keeps the last, short packet") {
  std::vector<std::int32_t> coords;
  for (std::int32_t i = 0; i < 7; ++i) coords.insert(coords.end(), {i, 0, 0});
  const Sparse packets = packetize(coords, {.width = 7, .height = 1, .channels = 1}, 3);
  CHECK(packets.dims()[0] == 3);
  CHECK(packets.chip(0, 2).nnz() == 1);
}
