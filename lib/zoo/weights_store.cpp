#include "zoo/weights_store.h"

#include <array>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

#include "base/error.h"
#include "base/sha256.h"
#include "codec/model_file.h"
#include "io/bytes.h"
#include "zoo/download.h"

namespace akida::zoo {
namespace {

constexpr const char* kSums = "SHA256SUMS";
constexpr std::uint64_t kMaxSumsBytes = std::uint64_t{1} << 20;
constexpr std::size_t kHashDigits = 64;

// Hands bytes on and hashes them.
class HashingSink final : public io::ByteSink {
 public:
  explicit HashingSink(io::ByteSink& target) : ByteSink(target.name()), target_(target) {}
  void write(std::span<const std::byte> bytes) override {
    hash_.update(bytes);
    target_.write(bytes);
  }
  void close() override { target_.close(); }
  [[nodiscard]] std::string hash() { return hash_.finish(); }

 private:
  io::ByteSink& target_;
  Sha256 hash_;
};

std::string hash_of_file(const std::string& path) {
  const std::unique_ptr<io::ByteSource> source = io::open_source(path);
  Sha256 hash;
  std::array<std::byte, 65536> buffer{};
  while (const std::size_t count = source->read(buffer))
    hash.update(std::span(buffer).first(count));
  return hash.finish();
}

void require_hash(const std::string& name, const std::string& hash, const std::string& expected) {
  if (hash == expected) return;
  fail(ErrorKind::kFormat, "{}: SHA-256 {} is not the expected {}", name, hash, expected);
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

std::string url_of(const std::string& mirror, std::string_view name) {
  return fmt::format("{}{}{}", mirror, mirror.ends_with('/') ? "" : "/", name);
}

// The hash that the mirror's list has for `file`; empty where it has none.
std::string listed_hash(const std::string& mirror, const std::string& file) {
  const std::string url = url_of(mirror, kSums);
  io::MemorySink list;
  download(url, kMaxSumsBytes, list);
  std::string_view rest(reinterpret_cast<const char*>(list.bytes().data()), list.bytes().size());
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    // A blank and then a blank or, for files read as binary, a star.
    if (line.size() == kHashDigits + 2 + file.size() && line.ends_with(file) &&
        line[kHashDigits] == ' ') {
      return std::string(line.substr(0, kHashDigits));
    }
  }
  return {};
}

[[noreturn]] void fail_missing(const PretrainedModel& model, const WeightsStore& store) {
  std::string places;
  for (const std::string& folder : store.folders) places += folder + ", ";
  const std::string mirror =
      store.mirror.empty() ? "no mirror is set" : fmt::format("{} does not list it", store.mirror);
  fail(ErrorKind::kUnsupported, "no '{}' in {}{}, and {}; {} is {}: {}", model.file, places,
       store.cache, mirror, model.name, name_of(model.status), advice(model));
}

void fetch(const PretrainedModel& model, const WeightsStore& store, const std::string& path) {
  const std::string expected =
      model.sha256.empty() ? listed_hash(store.mirror, model.file) : model.sha256;
  if (expected.empty()) fail_missing(model, store);
  std::error_code error;
  std::filesystem::create_directories(store.cache, error);
  if (error) fail(ErrorKind::kIo, "{}: {}", store.cache, error.message());
  const std::unique_ptr<io::ByteSink> sink = io::open_sink(path);
  HashingSink hashing(*sink);
  const std::string url = url_of(store.mirror, model.file);
  download(url, codec::kMaxModelBytes, hashing);
  require_hash(url, hashing.hash(), expected);
  hashing.close();
}

}  // namespace

std::string find_weights(const PretrainedModel& model, const WeightsStore& store) {
  for (const std::string& folder : store.folders) {
    const std::string path = folder + '/' + model.file;
    if (exists(path)) return path;
  }
  for (const std::string& folder : store.installed) {
    const std::string path = folder + '/' + model.file;
    if (model.sha256.empty() || !exists(path)) continue;
    require_hash(path, hash_of_file(path), model.sha256);
    return path;
  }
  const std::string cached = store.cache + '/' + model.file;
  if (!exists(cached)) {
    if (store.mirror.empty()) fail_missing(model, store);
    fetch(model, store, cached);
  } else if (!model.sha256.empty()) {
    require_hash(cached, hash_of_file(cached), model.sha256);
  }
  return cached;
}

}  // namespace akida::zoo
