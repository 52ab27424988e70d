// The two kinds of model, between containers and layers. Internal to codec.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "codec/model_file.h"

namespace akida::fbs {
struct Model;
}

namespace akida::codec {

// A verified buffer of `size` bytes and known version as a model of the kind that it names.
[[nodiscard]] snn::Model read_snn(const fbs::Model& model, std::uint64_t size);
[[nodiscard]] cnn::Network read_cnn(const fbs::Model& model, std::uint64_t size);

// The FlatBuffer of a model.
[[nodiscard]] std::vector<std::byte> write_snn(const snn::Model& model);
[[nodiscard]] std::vector<std::byte> write_cnn(const cnn::Network& network);

}  // namespace akida::codec
