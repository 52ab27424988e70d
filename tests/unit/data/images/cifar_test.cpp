#include "data/images/cifar.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "base/error.h"
#include "scratch_directory.h"

using namespace akida;
using Catch::Matchers::Contains;

namespace {

std::string folder(const std::string& name) {
  return std::string(AKIDA_TESTDATA) + "/image-sets/" + name;
}

std::string read(const std::string& path, data::CifarKind kind) {
  try {
    const auto source = data::open_cifar({path}, {.kind = kind});
    std::size_t samples = 0;
    for (io::Batch batch; source->next(batch);) samples += batch.size;
    return std::to_string(samples);
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("class names come from beside the records or are the published ones") {
  const auto names = [](const std::string& path, data::CifarKind kind) {
    return data::open_cifar({path}, {.kind = kind})->header().class_names;
  };
  using data::CifarKind;
  CHECK(names(folder("cifar-10"), CifarKind::k10).back() == "truck");
  CHECK(names(folder("cifar-10/test_batch.bin"), CifarKind::k10)[6] == "frog");
  CHECK(names(folder("cifar-100"), CifarKind::k100Fine)[99] == "fine 99");
  CHECK(names(folder("cifar-100"), CifarKind::k100Coarse)[19] == "coarse 19");
  CHECK(names(folder("cifar-100/test.bin"), CifarKind::k100Fine)[98] == "fine 98");
  const ScratchDirectory scratch;
  std::filesystem::copy_file(folder("cifar-100/test.bin"), scratch / "test.bin");
  CHECK(names(scratch / "test.bin", CifarKind::k100Fine).empty());
}

TEST_CASE("records that are cut or of another kind are refused with their place") {
  const ScratchDirectory scratch;
  const std::string file = scratch / "a.bin";
  std::ofstream(file) << std::string(3073, '\1') << std::string(3000, '\1');
  CHECK(read(file, data::CifarKind::k10) ==
        file + ": offset 3073: record of 3073 bytes, 3000 remain");
  CHECK_THAT(read(file, data::CifarKind::k100Fine), Contains("record of 3074 bytes, 2999 remain"));
  std::ofstream(file) << std::string(3073, '\1') << std::string(3073, '\12');
  CHECK(read(file, data::CifarKind::k10) == file + ": record 1: label 10 is outside 0..9");
  std::ofstream(file).close();
  CHECK(read(file, data::CifarKind::k10) == file + ": offset 0: record of 3073 bytes, 0 remain");
  CHECK_THAT(read(scratch.path().string(), data::CifarKind::k10),
             Contains("data_batch_1.bin: cannot open"));
}
