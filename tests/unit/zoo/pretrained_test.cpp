#include "zoo/pretrained.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "scratch_directory.h"
#include "zoo/registry.h"
#include "zoo/weights_store.h"

using namespace akida;
using namespace akida::zoo;

namespace {

// sha256sum of "weights\n".
constexpr const char* kHash = "1b465fa6b6bcbc06a3199e3d2d8aec35d37494a712f888b6d5536684dd89d0f0";
const std::string kText = "weights\n";

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A mirror in a folder, and a store that uses it.
struct MirrorFixture {
  ScratchDirectory scratch;
  PretrainedModel model = find_pretrained("convtiny_cwru", {});
  WeightsStore store{.folders = {scratch / "first", scratch / "second"},
                     .cache = scratch / "home/cache",
                     .mirror = "file://" + scratch / "mirror"};

  MirrorFixture() {
    for (const char* name : {"first", "second", "mirror"}) {
      std::filesystem::create_directory(scratch.path() / name);
    }
  }
  void put(const std::string& folder, const std::string& name, const std::string& text) const {
    write_file((scratch.path() / folder / name).string(), text);
  }
  [[nodiscard]] std::size_t files_in_cache() const {
    std::size_t files = 0;
    if (!std::filesystem::exists(store.cache)) return 0;
    for (const auto& entry : std::filesystem::directory_iterator(store.cache)) {
      static_cast<void>(entry);
      ++files;
    }
    return files;
  }
};

ErrorKind kind_of_failure(const PretrainedModel& model, const WeightsStore& store) {
  try {
    static_cast<void>(find_weights(model, store));
  } catch (const Error& error) {
    return error.kind();
  }
  FAIL("found " << model.file);
  return {};
}

}  // namespace

TEST_CASE("every documented helper has an entry") {
  std::set<std::string> names;
  for (const PretrainedModel& model : pretrained_models()) names.insert(model.name);
  CHECK(names == std::set<std::string>{"convtiny_cwru", "ds_cnn_kws", "gxnor_mnist",
                                       "mobilenet_cats_vs_dogs", "mobilenet_edge_imagenet",
                                       "mobilenet_faceidentification", "mobilenet_faceverification",
                                       "mobilenet_imagenet", "mobilenet_imagenette",
                                       "pointnet_plus_modelnet40", "vgg_imagenet", "vgg_melanoma",
                                       "vgg_odir5k", "yolo_voc", "yolo_widerface"});
}

TEST_CASE("entries agree with the architectures they name and with themselves") {
  std::set<std::string> files;
  for (const PretrainedModel& model : pretrained_models()) {
    INFO(model.file);
    CHECK(files.insert(model.file).second);
    CHECK((model.status == PretrainedStatus::kShipped) == !model.sha256.empty());
    CHECK(!advice(model).empty());
    CHECK((model.source_sha256.empty() || model.source_sha256.size() == 64));
    const Architecture& architecture = find_architecture(model.architecture);
    if (architecture.arguments.empty() || !architecture.arguments.front().is_required) {
      CHECK_NOTHROW(ArgumentReader(architecture.arguments, model.arguments));
    }
    if (model.architecture == "vgg_imagenet" || model.architecture == "mobilenet_edge_imagenet") {
      continue;  // large, or with a base model
    }
    const cnn::Network network =
        build_architecture(architecture, architecture.definitions.front(), model.arguments, 0);
    if (model.architecture == "yolo_base") {
      CHECK(network.output_shape().back() == 5 * (5 + std::ssize(model.class_names)));
    } else if (!model.class_names.empty()) {
      CHECK(network.output_shape() == cnn::Dims{static_cast<int>(model.class_names.size())});
    }
  }
}

TEST_CASE("helpers are found by name and alpha") {
  CHECK(find_pretrained("mobilenet_imagenet", {}).file == "mobilenet_imagenet_224_iq8_wq4_aq4.fbz");
  CHECK(find_pretrained("mobilenet_imagenet", 0.25).file ==
        "mobilenet_imagenet_224_alpha_25_iq8_wq4_aq4.fbz");
  CHECK_THROWS_WITH(find_pretrained("mobilenet_imagenet", 0.75),
                    "mobilenet_imagenet: alpha 0.75 is not one of 1, 0.5, 0.25");
  CHECK_THROWS_WITH(find_pretrained("gxnor_mnist", 0.5), "gxnor_mnist takes no alpha");
  CHECK_THROWS_WITH(find_pretrained("gxnor_mnst", {}),
                    Catch::StartsWith("unknown pretrained model 'gxnor_mnst'; the nearest is "
                                      "'gxnor_mnist'; known: mobilenet_imagenet, mob"));
}

TEST_CASE("a model takes over what it lacks: scaling, class names, anchors") {
  const PretrainedModel& kws = find_pretrained("ds_cnn_kws", {});
  cnn::Network plain;
  plain.add({.parameters = cnn::Input{{4}}});
  plain.add({.parameters = cnn::Dense{.units = 33}});
  codec::AnyModel model = plain;
  complete_info(kws, model);
  const ModelInfo& info = std::get<cnn::Network>(model).info;
  CHECK(info.scaling_a == 255);
  CHECK(info.class_names == kws.class_names);
  CHECK(info.class_names.at(13) == "left");  // published: left 13, marvin 14

  plain.info.scaling_a = 2;
  plain.info.class_names = std::vector<std::string>(33, "word");
  model = plain;
  complete_info(kws, model);
  CHECK(std::get<cnn::Network>(model).info == plain.info);

  cnn::Network rescaled;
  rescaled.add({.parameters = cnn::Input{{4}}});
  rescaled.add({.parameters = cnn::Rescaling{.scale = 0.5F}});
  model = rescaled;
  complete_info(find_pretrained("yolo_voc", {}), model);
  CHECK(std::get<cnn::Network>(model).info.scaling_a == 1);
  CHECK(std::get<cnn::Network>(model).info.class_names.empty());  // two names, four outputs
  CHECK(std::get<cnn::Network>(model).info.anchors.size() == 10);
}

TEST_CASE_METHOD(MirrorFixture, "folders come first, in their order, then the cache") {
  put("second", model.file, "b");
  CHECK(find_weights(model, store) == store.folders[1] + '/' + model.file);
  put("first", model.file, "a");
  CHECK(find_weights(model, store) == store.folders[0] + '/' + model.file);
  CHECK(files_in_cache() == 0);
}

TEST_CASE_METHOD(MirrorFixture, "a model that the suite ships is found with the right hash only") {
  store.installed = {scratch / "nowhere", scratch / "mirror"};
  put("mirror", model.file, kText);
  put("mirror", "SHA256SUMS", "");
  CHECK(kind_of_failure(model, store) == ErrorKind::kUnsupported);  // nobody ships it
  model.sha256 = kHash;
  CHECK(find_weights(model, store) == store.installed[1] + '/' + model.file);
  put("mirror", model.file, "damaged");
  CHECK(kind_of_failure(model, store) == ErrorKind::kFormat);
  put("first", model.file, "my own");
  CHECK(find_weights(model, store) == store.folders[0] + '/' + model.file);
}

TEST_CASE("what is said to be shipped is in testdata") {
  int shipped = 0;
  for (const PretrainedModel& model : pretrained_models()) {
    if (model.status != PretrainedStatus::kShipped) continue;
    ++shipped;
    const WeightsStore store{.installed = {AKIDA_TESTDATA "/zoo"}};
    CHECK(find_weights(model, store) == store.installed[0] + '/' + model.file);
  }
  CHECK(shipped == 1);
}

TEST_CASE_METHOD(MirrorFixture, "a mirror fills the cache once, with what its list says") {
  put("mirror", model.file, kText);
  put("mirror", "SHA256SUMS",
      fmt::format("{}  other.fbz\n{} *x{}\n{}  {}\n", std::string(64, '0'), std::string(64, '1'),
                  model.file, kHash, model.file));
  const std::string path = find_weights(model, store);
  CHECK(path == store.cache + '/' + model.file);
  CHECK(read_file(path) == kText);
  CHECK(files_in_cache() == 1);
  std::filesystem::remove_all(scratch.path() / "mirror");
  CHECK(find_weights(model, store) == path);
}

TEST_CASE_METHOD(MirrorFixture, "a file with another hash never gets into the cache") {
  put("mirror", model.file, "damaged");
  put("mirror", "SHA256SUMS", fmt::format("{}  {}\n", kHash, model.file));
  CHECK(kind_of_failure(model, store) == ErrorKind::kFormat);
  CHECK_THROWS_WITH(find_weights(model, store), Catch::Contains(kHash));
  CHECK(files_in_cache() == 0);
}

TEST_CASE_METHOD(MirrorFixture, "the entry's own hash decides, for the mirror and in the cache") {
  put("mirror", model.file, kText);
  model.sha256 = kHash;
  const std::string path = find_weights(model, store);
  write_file(path, "changed");
  CHECK(kind_of_failure(model, store) == ErrorKind::kFormat);
}

TEST_CASE_METHOD(MirrorFixture, "what is nowhere is refused with places, status and advice") {
  put("mirror", "SHA256SUMS", "");
  CHECK_THROWS_WITH(
      find_weights(model, store),
      fmt::format("no 'convtiny_cwru_iq8_wq2_aq4.fbz' in {}, {}, {}, and {} does not list it; "
                  "convtiny_cwru is trainable: to train it, start from 'akida-build zoo "
                  "convtiny_cwru' with CWRU bearings",
                  store.folders[0], store.folders[1], store.cache, store.mirror));
  store.mirror.clear();
  store.folders.clear();
  model = find_pretrained("mobilenet_faceverification", {});
  CHECK(kind_of_failure(model, store) == ErrorKind::kUnsupported);
  CHECK_THROWS_WITH(find_weights(model, store),
                    Catch::Contains("and no mirror is set; mobilenet_faceverification is "
                                    "unobtainable: the layers behind"));
  store.mirror = "file://" + scratch / "gone";
  CHECK(kind_of_failure(model, store) == ErrorKind::kIo);
  store.mirror = "ftp://localhost/models";
  CHECK(kind_of_failure(model, store) == ErrorKind::kIo);
  CHECK(files_in_cache() == 0);
}
