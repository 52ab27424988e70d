// Schedules: the learning rate as a function of how far training has come.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace akida::nn {

enum class ScheduleType : std::uint8_t {
  kConstant,
  kStep,         // rate * factor^floor(epoch / period)
  kExponential,  // rate * (final / rate)^(epoch / epochs), constant within an epoch
  kCosine,       // half a cosine from rate to final, every step
  kOneCycle,     // half a cosine from rate / 25 to rate in the first 30 %, then one down to final
  kTriangular,   // straight from final up to rate in `period` epochs, down in as many, again
};

struct ScheduleName {
  ScheduleType type;
  const char* name;     // "one-cycle"
  const char* purpose;  // for help texts
};
[[nodiscard]] std::span<const ScheduleName> schedule_names();
[[nodiscard]] std::string_view name_of(ScheduleType type);

struct Schedule {
  ScheduleType type = ScheduleType::kConstant;
  double rate = 1e-3;  // the highest
  // Empty: a tenth of rate (exponential), 0 (cosine), rate / 250000 (one-cycle, as PyTorch's
  // OneCycleLR), rate / 400 (triangular).
  std::optional<double> final_rate;
  double factor = 0.1;                  // of kStep
  std::optional<std::uint32_t> period;  // epochs; empty: a third of all (step), 4 (triangular)
};

// Where training is.
struct TrainingPosition {
  std::uint64_t step = 0;  // from 0, over all epochs
  std::uint64_t steps_per_epoch = 1;
  std::uint32_t epochs = 1;  // of the whole training
};

[[nodiscard]] double learning_rate(const Schedule& schedule, const TrainingPosition& position);

}  // namespace akida::nn
