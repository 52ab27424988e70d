#include "akida-data/image_options.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "common/number_list.h"
#include "common/shared_options.h"

namespace akida::data_tool {
namespace {

constexpr std::array<std::pair<std::string_view, data::FitMode>, 4> kModes = {{
    {"stretch", data::FitMode::kStretch},
    {"crop", data::FitMode::kCrop},
    {"center", data::FitMode::kCenter},
    {"imagenet", data::FitMode::kImagenet},
}};

constexpr std::array<std::pair<std::string_view, data::ResizeFilter>, 4> kFilters = {{
    {"antialias", data::ResizeFilter::kAntialias},
    {"area", data::ResizeFilter::kArea},
    {"bilinear", data::ResizeFilter::kBilinear},
    {"legacy", data::ResizeFilter::kLegacy},
}};

template <typename Table>
std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> names;
  for (const auto& [name, value] : table) names.emplace_back(name);
  return names;
}

// The value of a name that CLI11 has checked.
template <typename Table>
auto value_of(const Table& table, const std::string& name) {
  return std::ranges::find(table, name, [](const auto& row) { return row.first; })->second;
}

}  // namespace

void add_size(cli::CommandLine& line, std::string& size) {
  line.add_option("--size", size, "Width and height of the samples, or one number for both")
      .type_name("N|W,H");
}

void add_fit(cli::CommandLine& line, FitOptions& options) {
  add_size(line, options.size);
  cli::Option size = line.option("--size");
  line.add_option("--fit", options.mode,
                  "How images come to --size: stretch (default), crop, center or imagenet")
      .one_of(names_of(kModes))
      .needs(size);
  line.add_option("--shorter-side", options.shorter_side,
                  "With --fit crop: resize the shorter side to N before the crop")
      .type_name("N")
      .range(1, static_cast<int>(data::kMaxImageSide))
      .needs(size);
  line.add_option("--filter", options.filter,
                  "How to resize: antialias (default, as Pillow), area, bilinear or legacy (as "
                  "TensorFlow 1)")
      .one_of(names_of(kFilters))
      .needs(size);
}

void add_preparation(cli::CommandLine& line, PreparationOptions& options) {
  add_fit(line, options.fit);
  cli::Option grey = line.add_flag("--grey", options.grey, "Make all images grey");
  line.add_flag("--rgb", options.rgb, "Give all images three channels").excludes(grey);
  cli::Option training =
      line.add_flag("--training", options.training,
                    "Random parts of the images, mirrored at random, come to --size")
          .needs(line.option("--size"))
          .excludes(line.option("--fit"))
          .excludes(line.option("--shorter-side"));
  line.add_flag("--colours", options.colours, "Also change brightness and saturation at random")
      .needs(training);
  cli::add_seed(line, options.seed).needs(training);
}

void add_drop_remainder(cli::CommandLine& line, std::size_t& batch) {
  line.add_option("--drop-remainder", batch, "Drop the samples at the end that fill no batch of N")
      .type_name("N")
      .range(1, 65536);
}

data::Size parse_size(const std::string& text) {
  const std::vector<std::int32_t> sides = cli::parse_integers(
      "--size", text, {.form = "N or W,H", .most = 2, .high = std::int32_t{data::kMaxImageSide}});
  return {.width = sides.front(), .height = sides.back()};
}

std::optional<data::ResizeFilter> parse_filter(const std::string& name) {
  if (name.empty()) return std::nullopt;
  return value_of(kFilters, name);
}

std::optional<data::ImageFit> fit_of(const FitOptions& options) {
  if (options.size.empty()) return std::nullopt;
  const data::Size size = parse_size(options.size);
  data::ImageFit fit{.width = size.width,
                     .height = size.height,
                     .filter = parse_filter(options.filter),
                     .shorter_side = options.shorter_side};
  if (!options.mode.empty()) fit.mode = value_of(kModes, options.mode);
  if (fit.shorter_side > 0 && fit.mode != data::FitMode::kCrop) {
    fail(ErrorKind::kUsage, "--shorter-side belongs to --fit crop");
  }
  if (fit.shorter_side > 0 && fit.shorter_side < std::max(fit.width, fit.height)) {
    fail(ErrorKind::kUsage, "--shorter-side {} is below --size {}", fit.shorter_side, options.size);
  }
  if (fit.filter && fit.mode == data::FitMode::kCenter) {
    fail(ErrorKind::kUsage, "--fit center resizes nothing, --filter has no meaning");
  }
  return fit;
}

data::ImagePreparation preparation_of(const PreparationOptions& options) {
  data::ImagePreparation preparation{.channels = options.grey  ? 1
                                                 : options.rgb ? 3
                                                               : 0,
                                     .fit = fit_of(options.fit),
                                     .seed = options.seed};
  if (options.training) {
    preparation.training =
        data::TrainingImage{.width = preparation.fit->width,
                            .height = preparation.fit->height,
                            .filter = preparation.fit->filter.value_or(data::ResizeFilter::kLegacy),
                            .colours = options.colours};
  }
  return preparation;
}

}  // namespace akida::data_tool
