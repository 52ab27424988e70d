// What an engine prepares once per model: kernels, level constants, and the place of every map in a
// workspace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/potential_source.h"
#include "kernels/levels.h"
#include "snn/geometry.h"
#include "snn/model.h"

namespace akida::engine {

// Levels (u8) in a workspace: cell (x, y, c) is at offset + y * row_stride + x * pixel_stride + c.
struct LevelMap {
  std::size_t offset = 0;
  std::size_t row_stride = 0;
  std::size_t pixel_stride = 0;
};

// Potentials (int32) in a workspace: cell (x, y, n) of a map `width` wide is at int32 index
// offset / 4 + (y * width + x) * stride + n.
struct PotentialMap {
  std::size_t offset = 0;  // bytes
  std::size_t stride = 0;  // int32 per pixel
};

// How the output of a layer comes about.
enum class LayerKind : std::uint8_t {
  kInput,             // InputData: placed by the caller
  kJoinedLevels,      // Concat of levels: its inbound layers write into its output
  kJoinedPotentials,  // Concat of potentials: its inbound layers write into its potentials
  kWeights,           // the rest
};

struct LayerPlan {
  LayerKind kind = LayerKind::kWeights;
  std::vector<std::uint32_t> inbounds;
  Shape input;  // without padding
  Shape map;    // of the convolution, before pooling; `output` where there is none
  Shape output;

  std::unique_ptr<PotentialSource> source;  // kWeights
  std::int32_t band = 1;                    // rows of `map` per call of the source
  std::uint64_t row_cost = 0;               // multiplications per row of `map`
  InputGeometry padded;                     // kWeights: the input with its padding
  std::uint8_t padding_value = 0;
  snn::PoolingType pooling = snn::PoolingType::kNoPooling;
  snn::ResolvedPooling windows;

  bool has_levels = false;      // the output is levels
  bool has_potentials = false;  // potentials exist: kWeights, kJoinedPotentials
  kernels::LevelsPlan levels;   // where potentials become levels
  kernels::LevelsFn* to_levels = nullptr;

  // Maps; those that a layer does not have stay empty.
  bool keep_potentials = false;        // `potentials` is filled, not only the output's levels
  std::size_t padded_input = 0;        // kWeights: offset of the input with its padding
  LevelMap levels_in;                  // the input's cell (0, 0)
  LevelMap levels_out;                 // has_levels
  std::vector<LevelMap> level_copies;  // the same for further consumers
  std::size_t unpooled = 0;            // of `map`: u8 (max pooling of levels) or int32
  PotentialMap potentials;             // after pooling
  std::size_t source_scratch = 0;      // offset of the source's memory in a thread's
  std::vector<PotentialMap> potential_copies;  // in the Concats that read them
};

// Bytes of a workspace that do not start as zero: the padding of an InputConvolutional.
struct Fill {
  std::size_t offset = 0;
  std::size_t size = 0;
  std::uint8_t value = 0;
};

struct NetworkPlan {
  std::vector<LayerPlan> layers;
  std::size_t workspace_bytes = 0;  // of one sample
  std::size_t scratch_bytes = 0;    // of one thread
  std::vector<Fill> fills;
};

// Kernels and constants; the maps are placed by place_maps. The model must outlive the plan, whose
// sources pack its weights when they run first. Throws kInvalid where the model is empty, a
// potential can leave int32 or a map has more than 2^30 values.
[[nodiscard]] NetworkPlan make_network_plan(const snn::Model& model);

// Places every map. `keep_potentials` has one entry per layer: whether its potentials are wanted
// even though it puts out levels.
void place_maps(NetworkPlan& plan, const std::vector<bool>& keep_potentials);

// Threads that the largest layer of one sample can keep busy.
[[nodiscard]] std::size_t useful_threads(const NetworkPlan& plan);

// How many threads are worth starting for one layer of one sample, 1 or more.
[[nodiscard]] std::size_t useful_threads(const LayerPlan& layer);

}  // namespace akida::engine
