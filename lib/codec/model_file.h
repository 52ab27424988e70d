// Models of both kinds (snn, cnn) as files: one FlatBuffer (.fb), or the same in one zstd frame
// (.fbz).
//
// Specification: formats/model.md, schema formats/model.fbs. In short:
//   .fb   bytes 4..7 are "AKMD"; only its structure can be checked.
//   .fbz  exactly one zstd frame with content size and content checksum around a .fb, so a
//         truncated or damaged file is always noticed.
// Encoding is deterministic: equal models and equal info give equal bytes.
//
// Errors name field, value and limit, e.g.
//   layer 2 'conv': variable 'weights': 18 bytes do not hold 144 elements of 2 bits
// kFormat: another format, damaged or truncated; kUnsupported: well formed, but a newer version or
// another kind of model than the one asked for (the message names both kinds and what to do);
// kInvalid: a value that the model itself refuses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "codec/any_model.h"

namespace akida::codec {

// The newest format version that decode_model reads. encode_model writes the lowest that can hold
// the model: 1, or 2 for CNNs with quantizers.
inline constexpr std::uint32_t kModelFormatVersion = 2;

// Caps of every model file (formats/model.md, "Limits"); a file that exceeds one is refused before
// memory for it is reserved. Layers, dimensions and weights have the caps of snn/model.h and
// cnn/network.h.
inline constexpr std::uint64_t kMaxModelBytes = std::uint64_t{1} << 30;  // of the FlatBuffer
inline constexpr std::uint32_t kMaxModelStringBytes = 65536;             // metadata, history
inline constexpr std::uint32_t kMaxModelNameBytes = 4096;    // of model, layers and classes
inline constexpr std::uint32_t kMaxModelEntries = 65536;     // history, metadata, class names
inline constexpr std::uint32_t kMaxInbounds = 4096;          // of one layer
inline constexpr std::uint32_t kMaxModelTables = 1'000'000;  // FlatBuffers tables, all together
inline constexpr std::uint32_t kMaxModelDepth = 8;           // tables inside tables

enum class ModelFormat : std::uint8_t {
  kPlain,       // .fb
  kCompressed,  // .fbz
};

// Layers, variables, learning state and info of a model; it must have at least one layer.
[[nodiscard]] std::vector<std::byte> encode_model(const snn::Model& model,
                                                  ModelFormat format = ModelFormat::kCompressed);
[[nodiscard]] std::vector<std::byte> encode_model(const cnn::Network& network,
                                                  ModelFormat format = ModelFormat::kCompressed);

// Read either format, told apart by their first bytes: a model of any kind, or of one kind only.
// Every layer passes through snn::Model::add or cnn::Network::add, so what comes back is as valid
// as a model built by hand.
[[nodiscard]] AnyModel decode_any_model(std::span<const std::byte> bytes);
[[nodiscard]] snn::Model decode_model(std::span<const std::byte> bytes);
[[nodiscard]] cnn::Network decode_network(std::span<const std::byte> bytes);

// The same from a file ("-": standard input). Errors start with the file's name.
[[nodiscard]] AnyModel load_any_model(const std::string& path);
[[nodiscard]] snn::Model load_model(const std::string& path);
[[nodiscard]] cnn::Network load_network(const std::string& path);

// Write the whole file or nothing ("-": standard output). Compressed unless `path` ends in ".fb".
void save_model(const snn::Model& model, const std::string& path);
void save_model(const cnn::Network& network, const std::string& path);

}  // namespace akida::codec
