// Architecture files: a network's layers written by people, in YAML or JSON.
//
// Specification with examples: formats/architecture.md. A document is a mapping with `name`,
// `layers` (a list of mappings: `type`, then its parameters, `inbound_layers`, `variables`) and
// optional model information. JSON is read as the flow style of YAML that it is. All layers are of
// one kind: native layers, with the constructor parameters of the documented API in snake_case, or
// layers and blocks of Keras, with Keras' arguments.
//
//   name: xor
//   layers:
//     - {type: InputData, input_width: 1, input_height: 1, input_channels: 2, input_bits: 1}
//     - {type: FullyConnected, num_neurons: 1, threshold_fire: 1}
//
//   layers:
//     - {type: Input, shape: [28, 28, 1]}
//     - {type: conv_block, filters: 32, kernel_size: 3, pooling: max, add_batchnorm: true}
//     - {type: Flatten}
//     - {type: Dense, units: 10}
//
// Errors name line and column (both from 1), key and value:
//   line 3, column 45: unknown key 'num_neuron' of FullyConnected; the nearest is 'num_neurons'
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/any_model.h"

namespace akida::codec {

// Caps of an architecture file; exceeding one is an error.
inline constexpr std::uint64_t kMaxArchitectureBytes = std::uint64_t{4} << 20;
inline constexpr std::int64_t kMaxArchitectureWeights = std::int64_t{1} << 28;  // of all layers
inline constexpr std::uint32_t kMaxArchitectureDepth = 32;  // collections inside collections

// Reads the file at `path` ("-": standard input). Variables may name .npy files, relative to the
// directory of `path` (of the working directory for "-"). Errors start with the file's name.
[[nodiscard]] AnyModel read_any_architecture(const std::string& path);

// The same for native layers alone; throws kUnsupported for those of Keras.
[[nodiscard]] snn::Model read_architecture(const std::string& path);

// The same from text; .npy files are looked up in `directory`.
[[nodiscard]] AnyModel parse_any_architecture(std::string_view text,
                                              const std::string& directory = ".");
[[nodiscard]] snn::Model parse_architecture(std::string_view text,
                                            const std::string& directory = ".");

// Appends one layer or block, written as in `layers`, to `model`, whose kind it must have; on an
// error the model is unchanged.
void append_layer(AnyModel& model, std::string_view text, const std::string& directory = ".");

// The same from the file at `path` ("-": standard input).
void append_layer_file(AnyModel& model, const std::string& path);

enum class ArchitectureContent : std::uint8_t {
  kLayers,     // parameters only: reading it back gives default variables
  kVariables,  // also weights, thresholds, steps, shift and scale: reading back gives an equal
               // model (learning state is never written)
};

// `model` as YAML that parse_architecture reads back. Parameters at their defaults are omitted.
[[nodiscard]] std::string write_architecture(
    const snn::Model& model, ArchitectureContent content = ArchitectureContent::kLayers);
[[nodiscard]] std::string write_architecture(
    const cnn::Network& network, ArchitectureContent content = ArchitectureContent::kLayers);

// One key that a layer type or the document accepts, for documentation and its test.
struct ArchitectureKey {
  std::string owner;          // "Convolutional"; "document"; "native layer" and "Keras layer" for
                              // keys that all of them have
  std::string key;            // "kernel_width"
  std::string type;           // "integer", "number", "boolean", "string", "Valid, Same, Full", ...
  std::string default_value;  // "required", or the default as it is written in YAML
};

// Every accepted key in the order in which write_architecture prints them.
[[nodiscard]] std::vector<ArchitectureKey> architecture_keys();

}  // namespace akida::codec
