// The trained models that the documented helpers "*_pretrained" return: what is known about each.
//
// Sources: "Akida models API" for the helpers, the published zoo tables for data, bits, accuracy
// and input scaling. The published files are Keras models of their vendor and no part of this
// project; entries name them so that a file somebody has can be recognised.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/any_model.h"
#include "zoo/arguments.h"

namespace akida::zoo {

enum class PretrainedStatus : std::uint8_t {
  kShipped,       // `sha256` is the hash of the model file
  kTrainable,     // architecture, data and recipe are public; whoever trains it provides the file
  kUnobtainable,  // cannot be made again; `note` says why
};

struct PretrainedModel {
  std::string name;             // of the helper, without "_pretrained"
  std::optional<double> alpha;  // the helper's argument, where it has one
  PretrainedStatus status = PretrainedStatus::kTrainable;
  std::string architecture;   // zoo/registry.h
  ArgumentValues arguments;   // that differ from the defaults, but for base_model
  std::string data;           // trained on
  std::string bits;           // of first weights / weights / activations: "8/4/4"
  std::string accuracy;       // as published for the converted network, "99.24 %", "mAP 29.39 %"
  std::string source;         // path of the published Keras file on its server
  std::string source_sha256;  // of that file; empty: not published
  std::string file;           // the model file's name in folders, cache and mirror
  std::string sha256;         // of that file; empty: none is shipped
  double scaling_a = 1;       // see ModelInfo
  double scaling_b = 0;
  std::vector<std::string> class_names;  // empty: not published
  std::vector<float> anchors;            // of detectors; empty: not published
  std::string note;
};

// All of them, in the order of the API.
[[nodiscard]] const std::vector<PretrainedModel>& pretrained_models();

// The entry of a helper and its argument (unset: 1.0 where the helper has one). Throws kUsage
// naming the known helpers, or the values that alpha may have.
[[nodiscard]] const PretrainedModel& find_pretrained(std::string_view name,
                                                     std::optional<double> alpha);

[[nodiscard]] const char* name_of(PretrainedStatus status);  // "shipped"

// Why there may be no file, and what to do about it: the note, or how to train one.
[[nodiscard]] std::string advice(const PretrainedModel& model);

// Gives `model`, the entry's, the class names (where it has as many outputs) and anchors that it
// lacks, and a CNN without input scaling and Rescaling layer the entry's scaling.
void complete_info(const PretrainedModel& entry, codec::AnyModel& model);

}  // namespace akida::zoo
