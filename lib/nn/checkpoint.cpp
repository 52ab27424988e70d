#include "nn/checkpoint.h"

#include <string_view>

#include "base/checked.h"
#include "base/crc32c.h"
#include "base/error.h"
#include "codec/model_file.h"
#include "io/byte_fields.h"
#include "io/bytes.h"
#include "io/stream.h"

namespace akida::nn {
namespace {

constexpr std::string_view kMagic = "AKT1\r\n\x1a\n";
constexpr std::size_t kVersionDigit = 3;  // its place in the magic
constexpr std::size_t kChecksumBytes = 4;

// What is known about an epoch besides its training.
constexpr unsigned kValidated = 1, kMeasured = 2;

void put_count(std::vector<std::byte>& out, std::size_t count, std::uint64_t limit,
               const char* what) {
  if (count > limit) fail(ErrorKind::kInvalid, "{} {} exceeds limit {}", what, count, limit);
  io::put(out, static_cast<std::uint32_t>(count));
}

void put_network(std::vector<std::byte>& out, const cnn::Network& network) {
  const std::vector<std::byte> model = codec::encode_model(network, codec::ModelFormat::kPlain);
  put_count(out, model.size(), codec::kMaxModelBytes, "model bytes");
  io::put_bytes(out, model);
}

void put_score(std::vector<std::byte>& out, const Score& score) {
  io::put(out, score.loss);
  io::put(out, score.metric);
}

void put_epoch(std::vector<std::byte>& out, const EpochRecord& epoch) {
  io::put(out, epoch.learning_rate);
  put_score(out, epoch.training);
  const unsigned flags = (epoch.validation ? kValidated : 0U) | (epoch.measured ? kMeasured : 0U);
  io::put(out, static_cast<std::uint8_t>(flags));
  put_score(out, epoch.validation.value_or(Score{}));
  if (!epoch.measured) return;
  io::put(out, epoch.measured->mean);
  put_count(out, epoch.measured->per_class.size(), io::kMaxClasses, "measured classes");
  for (const double value : epoch.measured->per_class) io::put(out, value);
}

class Decoder {
 public:
  explicit Decoder(std::span<const std::byte> bytes) : fields_(bytes, "offset") {}

  Checkpoint decode() {
    check_magic();
    Checkpoint checkpoint;
    read_settings(checkpoint.settings);
    read_state(checkpoint.state);
    if (fields_.remaining() > 0) {
      fields_.refuse("{} bytes follow the last field", fields_.remaining());
    }
    return checkpoint;
  }

 private:
  void check_magic() {
    const std::string magic = fields_.get_text(kMagic.size(), "magic");
    if (magic == kMagic) return;
    std::string other(kMagic);
    other[kVersionDigit] = magic[kVersionDigit];
    if (magic == other && other[kVersionDigit] >= '0' && other[kVersionDigit] <= '9') {
      fail(ErrorKind::kUnsupported,
           "offset {}: checkpoint version {} is unknown, this reader "
           "knows {}",
           kVersionDigit, other[kVersionDigit], kMagic[kVersionDigit]);
    }
    fail(ErrorKind::kFormat, "offset 0: no checkpoint, the magic is missing");
  }

  void read_settings(std::map<std::string, std::string>& settings) {
    const std::uint32_t count = fields_.get_count("setting count", kMaxSettings);
    for (std::uint32_t i = 0; i < count; ++i) {
      std::string name = read_text("setting name");
      if (!settings.empty() && name <= settings.rbegin()->first) {
        fields_.refuse("setting '{}' does not follow '{}'", name, settings.rbegin()->first);
      }
      settings.emplace(std::move(name), read_text("setting value"));
    }
  }

  std::string read_text(const char* what) {
    return fields_.get_text(fields_.get_count(what, kMaxSettingBytes), what);
  }

  void read_state(TrainingState& state) {
    state.network = read_network();
    state.steps = fields_.get<std::uint64_t>("steps");
    const std::uint32_t arrays = fields_.get_count("array count", kMaxStateArrays);
    for (std::uint32_t i = 0; i < arrays; ++i) state.optimizer_state.push_back(read_array());
    const std::uint32_t epochs = fields_.get_count("epoch count", kMaxEpochs);
    for (std::uint32_t i = 0; i < epochs; ++i) state.epochs.push_back(read_epoch());
    state.best_epoch = fields_.get_count("best epoch", epochs);
    if (read_flag("best model")) state.best = read_network();
  }

  cnn::Network read_network() {
    const std::uint32_t size = fields_.get_count("model bytes", codec::kMaxModelBytes);
    const std::uint64_t offset = fields_.offset();
    // A FlatBuffer is verified at an aligned address.
    const auto bytes = fields_.take(size, "model");
    const std::vector<std::byte> aligned(bytes.begin(), bytes.end());
    return in_context(fmt::format("offset {}: model", offset),
                      [&] { return codec::decode_network(aligned); });
  }

  std::vector<float> read_array() {
    const std::uint32_t count = fields_.get_count("array length", cnn::kMaxWeights);
    const auto bytes = fields_.take(std::uint64_t{count} * sizeof(float), "array");
    std::vector<float> values(count);
    std::copy(bytes.begin(), bytes.end(), std::as_writable_bytes(std::span(values)).begin());
    return values;
  }

  bool read_flag(const char* what) {
    const auto flag = fields_.get<std::uint8_t>(what);
    if (flag > 1) fields_.refuse("flag {} {} is neither 0 nor 1", what, flag);
    return flag == 1;
  }

  Score read_score() {
    const auto loss = fields_.get<double>("loss");
    return {loss, fields_.get<double>("metric")};
  }

  Measured read_measured() {
    Measured measured{.mean = fields_.get<double>("measured value"), .per_class = {}};
    const std::uint32_t count = fields_.get_count("measured classes", io::kMaxClasses);
    for (std::uint32_t i = 0; i < count; ++i) {
      measured.per_class.push_back(fields_.get<double>("measured value of a class"));
    }
    return measured;
  }

  EpochRecord read_epoch() {
    EpochRecord epoch;
    epoch.learning_rate = fields_.get<double>("learning rate");
    epoch.training = read_score();
    const auto flags = fields_.get<std::uint8_t>("validation");
    if (flags > (kValidated | kMeasured)) {
      fields_.refuse("validation flags {} are outside 0..3", flags);
    }
    const Score validation = read_score();
    if ((flags & kValidated) != 0) epoch.validation = validation;
    if ((flags & kMeasured) != 0) epoch.measured = read_measured();
    return epoch;
  }

  io::FieldReader fields_;
};

}  // namespace

std::vector<std::byte> encode_checkpoint(const Checkpoint& checkpoint) {
  std::vector<std::byte> out;
  io::put_text(out, kMagic);
  put_count(out, checkpoint.settings.size(), kMaxSettings, "setting count");
  for (const auto& [name, value] : checkpoint.settings) {
    for (const std::string& text : {name, value}) {
      put_count(out, text.size(), kMaxSettingBytes, "setting bytes");
      io::put_text(out, text);
    }
  }
  const TrainingState& state = checkpoint.state;
  put_network(out, state.network);
  io::put(out, state.steps);
  put_count(out, state.optimizer_state.size(), kMaxStateArrays, "array count");
  for (const std::vector<float>& array : state.optimizer_state) {
    put_count(out, array.size(), cnn::kMaxWeights, "array length");
    io::put_bytes(out, std::as_bytes(std::span(array)));
  }
  put_count(out, state.epochs.size(), kMaxEpochs, "epoch count");
  for (const EpochRecord& epoch : state.epochs) put_epoch(out, epoch);
  io::put(out, state.best_epoch);
  io::put(out, static_cast<std::uint8_t>(state.best.has_value()));
  if (state.best) put_network(out, *state.best);
  io::put(out, crc32c(out));
  return out;
}

Checkpoint decode_checkpoint(std::span<const std::byte> bytes) {
  if (bytes.size() < kMagic.size() + kChecksumBytes) {
    fail(ErrorKind::kFormat, "offset 0: checkpoint is truncated: {} bytes", bytes.size());
  }
  const auto content = bytes.first(bytes.size() - kChecksumBytes);
  Decoder decoder(content);
  io::FieldReader tail(bytes.subspan(content.size()), "offset", content.size());
  const std::uint32_t actual = crc32c(content);
  const auto stored = tail.get<std::uint32_t>("checksum");
  const bool known =
      std::string_view(reinterpret_cast<const char*>(bytes.data()), kMagic.size()) == kMagic;
  if (known && actual != stored) {
    fail(ErrorKind::kFormat,
         "offset {}: checksum is {:#010x}, the checkpoint says {:#010x}: it is "
         "damaged or truncated",
         content.size(), actual, stored);
  }
  return decoder.decode();
}

void save_checkpoint(const Checkpoint& checkpoint, const std::string& path) {
  const auto sink = io::open_sink(path);
  sink->write(encode_checkpoint(checkpoint));
  sink->close();
}

Checkpoint load_checkpoint(const std::string& path) {
  const auto source = io::open_source(path);
  const std::vector<std::byte> bytes = io::read_all(*source, kMaxCheckpointBytes);
  return in_context(source->name(), [&] { return decode_checkpoint(bytes); });
}

void require_settings(const Checkpoint& checkpoint,
                      const std::map<std::string, std::string>& settings) {
  const auto value_in = [](const std::map<std::string, std::string>& map, const std::string& name) {
    const auto found = map.find(name);
    return found == map.end() ? std::string("absent") : "'" + found->second + "'";
  };
  std::map<std::string, std::string> all = settings;
  all.insert(checkpoint.settings.begin(), checkpoint.settings.end());
  for (const auto& [name, value] : all) {
    const std::string before = value_in(checkpoint.settings, name);
    const std::string now = value_in(settings, name);
    if (before != now) {
      fail(ErrorKind::kInvalid, "the checkpoint belongs to another training: {} was {}, now {}",
           name, before, now);
    }
  }
}

}  // namespace akida::nn
