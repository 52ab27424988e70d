// The architectures of the zoo by their documented names.
//
// Names, arguments and defaults are those of "Akida models API"; the functions behind them are in
// zoo/architectures.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cnn/network.h"
#include "quant/quantize.h"
#include "zoo/architectures.h"
#include "zoo/arguments.h"

namespace akida::zoo {

// A network with its first weights still to come, and the bits it gets then (none: it stays float).
struct Draft {
  cnn::Network network;
  quant::QuantizeOptions quantization;
};

struct Architecture {
  std::string name;                     // "ds_cnn_kws"
  std::string purpose;                  // one sentence without a full stop
  std::vector<Definition> definitions;  // at least one; the first is the default
  std::vector<Argument> arguments;      // in the order of the API
  Draft (*make)(const ArgumentReader& arguments, Definition definition);
  // Fills the weights that do not start as Keras' do; none: all of them do.
  void (*initialize)(cnn::Network& network, std::uint64_t seed) = nullptr;
};

// All of them, in the order of the API.
[[nodiscard]] const std::vector<Architecture>& architectures();

// Throws kUsage naming the nearest and the known ones.
[[nodiscard]] const Architecture& find_architecture(std::string_view name);

[[nodiscard]] const char* name_of(Definition definition);  // "1.8" or "1.1.9"

// Throws kUsage where `architecture` has no definition of that name, naming those it has.
[[nodiscard]] Definition find_definition(const Architecture& architecture, std::string_view name);

// The network with its initial weights: those of the architecture, else Keras'
// (cnn/initializers.h). Kernels of a model that an argument names are kept. Then quantized, where
// arguments ask for it (quant/quantize.h). Throws kUsage for the
// arguments (zoo/arguments.h), other kinds, with the file's name, for a model that an argument
// names.
[[nodiscard]] cnn::Network build_architecture(const Architecture& architecture,
                                              Definition definition, const ArgumentValues& values,
                                              std::uint64_t seed);

}  // namespace akida::zoo
