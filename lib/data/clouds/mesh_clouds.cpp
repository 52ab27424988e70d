#include "data/clouds/mesh_clouds.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>

#include "base/error.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/sha256.h"
#include "data/clouds/mesh.h"
#include "data/clouds/mesh_files.h"
#include "data/clouds/surface_sampling.h"
#include "io/batch.h"

namespace akida::data {
namespace {

constexpr std::size_t kAxes = 3;
constexpr std::size_t kPendingBytes = std::size_t{1} << 24;  // of files read but not yet sampled

// The stream of random numbers of a cloud.
Random random_of(std::uint64_t seed, const std::string& id) {
  Sha256 hash;
  hash.update(std::as_bytes(std::span(id)));
  const std::string digits = hash.finish();
  constexpr std::size_t kDigits = 8;  // of 32 bits
  std::array<std::uint32_t, 3> keys{};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const char* begin = digits.data() + i * kDigits;
    (void)std::from_chars(begin, begin + kDigits, keys[i], 16);
  }
  return Random(seed, keys[0], keys[1], keys[2]);
}

class MeshCloudSource final : public SampleSource {
 public:
  MeshCloudSource(std::unique_ptr<MeshFiles> files, std::optional<std::int32_t> label,
                  CloudOptions options)
      : files_(std::move(files)), label_(label), options_(std::move(options)) {
    header_.dtype = DType::kF32;
    header_.shape = {.width = 1, .height = options_.points, .channels = kAxes};
    const std::vector<std::string> folders = files_->classes();
    header_.class_names = options_.class_names.empty() ? folders : options_.class_names;
    if (label_ || !folders.empty()) header_.labels = io::LabelKind::kClass;
    io::validate(header_);
  }

  [[nodiscard]] std::string name() const override { return files_->name(); }
  [[nodiscard]] std::optional<double> share() const override { return files_->share(); }

  bool next(io::Batch& batch) override {
    const std::size_t cloud_values = static_cast<std::size_t>(header_.shape.size());
    const std::size_t most = std::max<std::size_t>(kBatchBytes / (cloud_values * sizeof(float)), 1);
    std::vector<MeshFile> files;
    std::size_t bytes = 0;
    for (MeshFile file; files.size() < most && bytes < kPendingBytes && files_->next(file);) {
      bytes += file.bytes.size();
      files.push_back(std::move(file));
    }
    batch = {};
    batch.size = files.size();
    if (files.empty()) return false;
    batch.dense = Dense(DType::kF32, {static_cast<std::int64_t>(files.size()), header_.shape.height,
                                      1, std::int64_t{kAxes}});
    sample(files, batch.dense.data<float>(), cloud_values);
    for (const MeshFile& file : files) {
      batch.ids.push_back(file.id);
      if (header_.labels == io::LabelKind::kClass) batch.classes.push_back(label_of(file));
    }
    return true;
  }

 private:
  // The error of the first of several bad files is reported, whatever thread found it.
  void sample(std::vector<MeshFile>& files, std::span<float> out, std::size_t cloud_values) const {
    std::vector<std::exception_ptr> errors(files.size());
    parallel_for(files.size(), options_.jobs, [&](std::size_t i, int /*worker*/) {
      try {
        in_context(files[i].place,
                   [&] { sample_one(files[i], out.subspan(i * cloud_values, cloud_values)); });
      } catch (...) {
        errors[i] = std::current_exception();
      }
    });
    for (const std::exception_ptr& error : errors) {
      if (error) std::rethrow_exception(error);
    }
  }

  void sample_one(MeshFile& file, std::span<float> out) const {
    const Mesh mesh = decode_mesh(file.bytes);
    file.bytes = {};
    Random random = random_of(options_.seed, file.id);
    std::vector<Point> cloud =
        sample_surface(mesh, static_cast<std::size_t>(options_.points), random);
    normalize_cloud(cloud, options_.center);
    auto place = out.begin();
    for (const Point& point : cloud) {
      for (const double coordinate : point) *place++ = static_cast<float>(coordinate);
    }
  }

  [[nodiscard]] std::int32_t label_of(const MeshFile& file) const {
    if (label_) return *label_;
    const auto found = std::ranges::find(header_.class_names, file.folder);
    if (found == header_.class_names.end()) {
      fail(ErrorKind::kInvalid, "{}: folder '{}' is no class name", file.place, file.folder);
    }
    return static_cast<std::int32_t>(found - header_.class_names.begin());
  }

  std::unique_ptr<MeshFiles> files_;
  std::optional<std::int32_t> label_;
  CloudOptions options_;
};

}  // namespace

std::unique_ptr<SampleSource> open_meshes(const std::vector<std::string>& paths,
                                          std::optional<std::int32_t> label, bool folder_is_class,
                                          CloudOptions options) {
  return std::make_unique<MeshCloudSource>(mesh_files(paths, folder_is_class), label,
                                           std::move(options));
}

std::unique_ptr<SampleSource> open_modelnet(const std::string& path, const std::string& set,
                                            CloudOptions options) {
  return std::make_unique<MeshCloudSource>(modelnet_files(path, set), std::nullopt,
                                           std::move(options));
}

}  // namespace akida::data
