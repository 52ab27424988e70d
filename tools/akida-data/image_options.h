// What the imports of images, and resize, share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/command_line.h"
#include "data/images/image_preparation.h"

namespace akida::data_tool {

struct FitOptions {
  std::string size;  // W,H or one number; empty: images keep their size
  std::string mode;  // a name of FitMode; empty: stretch
  std::string filter;
  std::int32_t shorter_side = 0;
};

struct PreparationOptions {
  FitOptions fit;
  bool grey = false;
  bool rgb = false;
  bool training = false;
  bool colours = false;
  std::uint64_t seed = 0;
};

// --size N|W,H of samples.
void add_size(cli::CommandLine& line, std::string& size);

// --size, --fit, --shorter-side and --filter.
void add_fit(cli::CommandLine& line, FitOptions& options);

// add_fit, --grey, --rgb, --training, --colours and --seed.
void add_preparation(cli::CommandLine& line, PreparationOptions& options);

// --drop-remainder N.
void add_drop_remainder(cli::CommandLine& line, std::size_t& batch);

// Throw kUsage naming the option and its text.
[[nodiscard]] data::Size parse_size(const std::string& text);
[[nodiscard]] std::optional<data::ResizeFilter> parse_filter(const std::string& name);

// Nothing without --size. Throws kUsage where that is needed or options contradict each other.
[[nodiscard]] std::optional<data::ImageFit> fit_of(const FitOptions& options);

// Likewise; nothing to do where no option is given.
[[nodiscard]] data::ImagePreparation preparation_of(const PreparationOptions& options);

}  // namespace akida::data_tool
