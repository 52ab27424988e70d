// akida-data show - what a stream holds, as text or JSON.
#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <utility>

#include "akida-data/verbs.h"
#include "common/report.h"
#include "common/sample_input.h"
#include "common/sample_json.h"
#include "common/shared_options.h"
#include "io/batch.h"

namespace akida::data_tool {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kMaxValuesShown = 16;  // larger samples are summarised
constexpr std::size_t kMaxClassesShown = 20;  // as text, unless all are asked for

struct ShowOptions {
  std::string input = "-";
  std::size_t samples = 10;
  bool all = false;
  bool classes = false;
  bool json = false;
  std::optional<bool> progress;
};

const char* name_of_kind(io::StreamKind kind) {
  switch (kind) {
    case io::StreamKind::kDense:
      return "dense";
    case io::StreamKind::kEvents:
      return "events";
    case io::StreamKind::kRawEvents:
      return "raw-events";
  }
  return "";
}

const char* name_of_labels(io::LabelKind kind) {
  switch (kind) {
    case io::LabelKind::kNone:
      return "none";
    case io::LabelKind::kClass:
      return "class";
    case io::LabelKind::kTargets:
      return "targets";
    case io::LabelKind::kBoxes:
      return "boxes";
  }
  return "";
}

Json describe(const io::StreamHeader& header) {
  Json json;
  json["kind"] = name_of_kind(header.kind);
  json["type"] = name_of(header.dtype);
  json["width"] = header.shape.width;
  json["height"] = header.shape.height;
  json["channels"] = header.shape.channels;
  json["labels"] = name_of_labels(header.labels);
  if (header.labels == io::LabelKind::kTargets) json["targets"] = header.targets;
  json["scale"] = cli::float_json(header.scale);
  json["class_names"] = header.class_names;
  return json;
}

// The least and the greatest value that is a number; nan where there is none.
std::pair<double, double> range_of(const std::vector<double>& values) {
  std::pair range(std::nan(""), std::nan(""));
  for (const double value : values) {
    range = {std::fmin(range.first, value), std::fmax(range.second, value)};
  }
  return range;
}

// A value of a sample. JSON has no infinity and no nan, so it gets null for them, text their names.
Json number_of(const io::StreamHeader& header, double value, bool as_text) {
  if (header.dtype != DType::kF32) return static_cast<std::int64_t>(value);
  if (as_text && !std::isfinite(value)) return fmt::format("{}", value);
  return cli::float_json(static_cast<float>(value));
}

// What `sample`, a batch of one, holds: few values themselves, many by number and range.
Json describe_data(const io::StreamHeader& header, const io::Batch& sample, bool as_text) {
  Json json;
  if (header.kind != io::StreamKind::kDense) {
    json["events"] = sample.events.size();
    if (header.kind == io::StreamKind::kRawEvents && !sample.events.empty()) {
      const auto [first, last] = std::ranges::minmax(sample.events, {}, &io::Event::time);
      json["first_time"] = first.time;
      json["last_time"] = last.time;
    }
    return json;
  }
  std::vector<double> values;
  for (std::int64_t i = 0; i < sample.dense.size(); ++i) values.push_back(sample.dense.value(i));
  const auto [least, most] = range_of(values);
  json["nonzero"] = std::ranges::count_if(values, [](double value) { return value != 0; });
  json["min"] = number_of(header, least, as_text);
  json["max"] = number_of(header, most, as_text);
  if (sample.dense.size() > kMaxValuesShown) return json;
  json["values"] = Json::array();
  for (const double value : values) json["values"].push_back(number_of(header, value, as_text));
  return json;
}

Json describe_sample(const io::StreamHeader& header, const io::Batch& sample, std::size_t index,
                     bool as_text) {
  Json json{{"index", index}, {"id", sample.ids[0]}};
  if (header.labels != io::LabelKind::kNone) {
    json["label"] = cli::label_json(header, sample, 0);
  }
  json.update(describe_data(header, sample, as_text));
  return json;
}

// Totals over all samples, also over those that get no line.
struct Totals {
  explicit Totals(const io::StreamHeader& header) : per_class(header.class_names.size()) {}

  void add(const io::Batch& batch) {
    samples += batch.size;
    events += batch.events.size();
    for (const std::int32_t label : batch.classes) {
      if (label < 0) {
        ++unknown;
        continue;
      }
      const auto index = static_cast<std::size_t>(label);
      if (index >= per_class.size()) per_class.resize(index + 1);
      ++per_class[index];
    }
  }

  std::uint64_t samples = 0;
  std::uint64_t events = 0;
  std::uint64_t unknown = 0;
  std::vector<std::uint64_t> per_class;
};

// Text and lists of it without quotes.
std::string text_of(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  if (!json.is_array() || json.empty() || !json.front().is_primitive()) return cli::json_text(json);
  std::string text;
  for (const Json& item : json) text += (text.empty() ? "[" : ",") + text_of(item);
  return text + "]";
}

// "key value" for each value of an object.
std::string join(const Json& json) {
  std::string text;
  for (const auto& [key, value] : json.items()) {
    if (!text.empty()) text += "  ";
    text += key + " " + text_of(value);
  }
  return text;
}

void print_header(const io::StreamHeader& header, bool all_classes) {
  Json json = describe(header);
  json.erase("class_names");
  cli::print(join(json) + "\n");
  const std::size_t all = header.class_names.size();
  const std::size_t shown = all_classes ? all : std::min(all, kMaxClassesShown);
  for (std::size_t i = 0; i < shown; ++i) {
    cli::print(fmt::format("class {}  {}\n", i, header.class_names[i]));
  }
  if (shown < all) cli::print(fmt::format("and {} more classes (--classes)\n", all - shown));
}

// The number of samples of every class or, of many classes, of those with most samples.
std::string per_class_text(const std::vector<std::uint64_t>& per_class, bool all_classes) {
  if (all_classes || per_class.size() <= kMaxClassesShown) {
    return fmt::format("per class {}", Json(per_class).dump());
  }
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < per_class.size(); ++i) {
    if (per_class[i] > 0) order.push_back(i);
  }
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return per_class[i]; });
  std::string text = fmt::format("of {} classes", order.size());
  for (std::size_t i = 0; i < std::min(order.size(), kMaxClassesShown); ++i) {
    text += fmt::format("{} {}:{}", i == 0 ? ", class:samples" : "", order[i], per_class[order[i]]);
  }
  if (order.size() > kMaxClassesShown) {
    text += fmt::format(" and {} more (--classes)", order.size() - kMaxClassesShown);
  }
  return text;
}

void print_totals(const io::StreamHeader& header, const Totals& totals, bool all_classes) {
  std::string text = fmt::format("samples {}", totals.samples);
  if (header.kind != io::StreamKind::kDense) text += fmt::format("  events {}", totals.events);
  if (header.labels == io::LabelKind::kClass) {
    text += "  " + per_class_text(totals.per_class, all_classes);
    if (totals.unknown > 0) text += fmt::format("  unknown {}", totals.unknown);
  }
  cli::print(text + "\n");
}

int run(const ShowOptions& options) {
  cli::SampleInput input(options.input, options.progress);
  const io::StreamHeader& header = input.header();
  Totals totals(header);
  Json list = Json::array();
  if (!options.json) print_header(header, options.classes);
  for (io::Batch batch; input.next(batch); totals.add(batch)) {
    for (std::size_t i = 0; i < batch.size; ++i) {
      const std::size_t index = totals.samples + i;
      if (!options.all && index >= options.samples) break;
      io::Batch sample;
      io::append(header, batch, i, 1, sample);
      Json json = describe_sample(header, sample, index, !options.json);
      if (options.json) {
        list.push_back(std::move(json));
      } else {
        cli::print(join(json) + "\n");
      }
    }
  }
  if (!options.json) {
    print_totals(header, totals, options.classes);
    return cli::kOk;
  }
  Json report = cli::make_report("stream");
  report["header"] = describe(header);
  report["samples"] = totals.samples;
  report["events"] = totals.events;
  if (header.labels == io::LabelKind::kClass) {
    report["per_class"] = totals.per_class;
    report["unknown"] = totals.unknown;
  }
  report["first_samples"] = std::move(list);
  cli::print_report(report);
  return cli::kOk;
}

}  // namespace

cli::Command show_verb() {
  const auto options = std::make_shared<ShowOptions>();
  return {.name = "show",
          .purpose = "Print what a stream holds: its header, samples and totals.",
          .examples =
              "akida-data show -n 3 train.aks\n"
              "akida-data show --json train.aks | jq .per_class\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::Option count =
                    line.add_option("-n,--samples", options->samples, "Samples to list")
                        .type_name("N")
                        .show_default();
                line.add_flag("--all", options->all, "List all samples").excludes(count);
                line.add_flag("--classes", options->classes,
                              "List all classes, not only 20 of them; JSON always does");
                cli::add_input(line, options->input);
                cli::add_json(line, options->json);
                cli::add_progress(line, options->progress);
              },
          .run = [options] { return run(*options); }};
}

}  // namespace akida::data_tool
