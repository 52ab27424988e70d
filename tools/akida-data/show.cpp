// akida-data show - what a stream holds, as text or JSON.
#include <algorithm>
#include <cmath>
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

struct ShowOptions {
  std::string input = "-";
  std::size_t samples = 10;
  bool all = false;
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

// What `sample`, a batch of one, holds: few values themselves, many by number and range.
Json describe_data(const io::StreamHeader& header, const io::Batch& sample) {
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
  const auto number = [&](double value) {
    return header.dtype == DType::kF32 ? cli::float_json(static_cast<float>(value))
                                       : Json(static_cast<std::int64_t>(value));
  };
  const auto [least, most] = range_of(values);
  json["nonzero"] = std::ranges::count_if(values, [](double value) { return value != 0; });
  json["min"] = number(least);
  json["max"] = number(most);
  if (sample.dense.size() > kMaxValuesShown) return json;
  json["values"] = Json::array();
  for (const double value : values) json["values"].push_back(number(value));
  return json;
}

Json describe_sample(const io::StreamHeader& header, const io::Batch& sample, std::size_t index) {
  Json json{{"index", index}, {"id", sample.ids[0]}};
  if (header.labels != io::LabelKind::kNone) {
    json["label"] = cli::label_json(header, sample, 0);
  }
  json.update(describe_data(header, sample));
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

// "key value" for each value of an object; text without quotes.
std::string join(const Json& json) {
  std::string text;
  for (const auto& [key, value] : json.items()) {
    if (!text.empty()) text += "  ";
    text += key + " " + (value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text;
}

void print_header(const io::StreamHeader& header) {
  Json json = describe(header);
  json.erase("class_names");
  cli::print(join(json) + "\n");
  for (std::size_t i = 0; i < header.class_names.size(); ++i) {
    cli::print(fmt::format("class {}  {}\n", i, header.class_names[i]));
  }
}

void print_totals(const io::StreamHeader& header, const Totals& totals) {
  std::string text = fmt::format("samples {}", totals.samples);
  if (header.kind != io::StreamKind::kDense) text += fmt::format("  events {}", totals.events);
  if (header.labels == io::LabelKind::kClass) {
    text += fmt::format("  per class {}", Json(totals.per_class).dump());
    if (totals.unknown > 0) text += fmt::format("  unknown {}", totals.unknown);
  }
  cli::print(text + "\n");
}

int run(const ShowOptions& options) {
  cli::SampleInput input(options.input, options.progress);
  const io::StreamHeader& header = input.header();
  Totals totals(header);
  Json list = Json::array();
  if (!options.json) print_header(header);
  for (io::Batch batch; input.next(batch); totals.add(batch)) {
    for (std::size_t i = 0; i < batch.size; ++i) {
      const std::size_t index = totals.samples + i;
      if (!options.all && index >= options.samples) break;
      io::Batch sample;
      io::append(header, batch, i, 1, sample);
      Json json = describe_sample(header, sample, index);
      if (options.json) {
        list.push_back(std::move(json));
      } else {
        cli::print(join(json) + "\n");
      }
    }
  }
  if (!options.json) {
    print_totals(header, totals);
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
                        .check(cli::check_count)
                        .type_name("N")
                        .show_default();
                line.add_flag("--all", options->all, "List all samples").excludes(count);
                cli::add_input(line, options->input);
                cli::add_json(line, options->json);
                cli::add_progress(line, options->progress);
              },
          .run = [options] { return run(*options); }};
}

}  // namespace akida::data_tool
