// Checkpoints (.ckpt): a training's state as one file, so that training goes on exactly after any
// interruption. formats/checkpoint.md says what every byte means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "nn/training_options.h"
#include "nn/training_state.h"

namespace akida::nn {

// What a reader refuses before it allocates.
inline constexpr std::uint64_t kMaxCheckpointBytes = std::uint64_t{1} << 33;
inline constexpr std::uint32_t kMaxSettings = 256;
inline constexpr std::uint32_t kMaxSettingBytes = 65536;  // of a name or a value
inline constexpr std::uint32_t kMaxStateArrays = 1U << 18;

struct Checkpoint {
  // What the training was started with, by name: every option and input that shapes its result.
  std::map<std::string, std::string> settings;
  TrainingState state;
};

// Equal checkpoints give equal bytes.
[[nodiscard]] std::vector<std::byte> encode_checkpoint(const Checkpoint& checkpoint);

// Throws kFormat for damage and anything else that formats/checkpoint.md tells a reader to refuse,
// kUnsupported for another version. Messages name the offset.
[[nodiscard]] Checkpoint decode_checkpoint(std::span<const std::byte> bytes);

// The same as a file, written whole or not at all. Errors start with its name.
void save_checkpoint(const Checkpoint& checkpoint, const std::string& path);
[[nodiscard]] Checkpoint load_checkpoint(const std::string& path);

// Throws kInvalid naming the first setting of `checkpoint` that is not as in `settings`, with both
// values.
void require_settings(const Checkpoint& checkpoint,
                      const std::map<std::string, std::string>& settings);

}  // namespace akida::nn
