// The two kinds of layers that an architecture file can have. Internal to codec.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cnn/network.h"
#include "codec/architecture.h"
#include "codec/yaml_tree.h"
#include "snn/model.h"

namespace akida::codec {

// What `type` can be: native layers; layers of Keras and blocks of them.
[[nodiscard]] std::vector<std::string> native_type_names();
[[nodiscard]] std::vector<std::string> keras_type_names();

// `model` with the layers of a document behind its own; .npy files are looked up in `directory`.
[[nodiscard]] snn::Model read_snn_layers(std::span<const YamlNode> layers,
                                         const std::string& directory, snn::Model model);
[[nodiscard]] cnn::Network read_cnn_layers(std::span<const YamlNode> layers,
                                           const std::string& directory, cnn::Network network);

// Every key of Keras layers and blocks.
void add_keras_keys(std::vector<ArchitectureKey>& keys);

}  // namespace akida::codec
