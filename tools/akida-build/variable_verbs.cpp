// get and set: the variables of a layer.
#include <array>
#include <memory>

#include "akida-build/build_verbs.h"
#include "akida-build/variable_text.h"
#include "base/error.h"
#include "cnn/network_variables.h"
#include "codec/model_file.h"
#include "common/shared_options.h"
#include "io/npy.h"
#include "snn/variables.h"

namespace akida::build {
namespace {

// "LAYER.VARIABLE", taken apart.
struct VariableName {
  std::string layer;
  std::string variable;
};

VariableName parse_name(const std::string& text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == text.size()) {
    fail(ErrorKind::kUsage, "'{}' is not LAYER.VARIABLE", text);
  }
  return {text.substr(0, dot), text.substr(dot + 1)};
}

struct GetOptions {
  std::string model;
  std::string name;
  std::string format;  // empty: text on standard output, npy in a file
  std::string output = "-";
};

std::string format_of(const GetOptions& options) {
  if (!options.format.empty()) return options.format;
  return options.output == "-" ? "text" : "npy";
}

int run_get(const GetOptions& options) {
  const std::string format = format_of(options);
  if (format == "npy") cli::require_no_terminal(options.output);
  cli::require_separate_outputs({options.output}, {options.model});
  const VariableName name = parse_name(options.name);
  const codec::AnyModel model = codec::load_any_model(options.model);
  const auto get = [&](const auto& kind) -> Dense {
    return get_variable(kind.layer(kind.find(name.layer)), name.variable);
  };
  const Dense values = in_context(options.model, [&] { return std::visit(get, model); });
  const std::unique_ptr<io::ByteSink> sink = io::open_sink(options.output);
  if (format == "npy") {
    io::write_npy(*sink, values);
  } else {
    sink->write(format == "json" ? to_json(values) : to_text(values));
  }
  sink->close();
  return cli::kOk;
}

struct SetOptions {
  std::string model;
  std::vector<std::string> assignments;
  Target target;
};

// "LAYER.VARIABLE=VALUE", taken apart.
struct Assignment {
  VariableName name;
  std::string value;
};

Assignment parse_assignment(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals + 1 == text.size()) {
    fail(ErrorKind::kUsage, "'{}' is not LAYER.VARIABLE=VALUE", text);
  }
  return {parse_name(text.substr(0, equals)), text.substr(equals + 1)};
}

std::string to_string(const VariableName& name) {
  return fmt::format("{}.{}", name.layer, name.variable);
}

Dense read_values(const std::string& value) {
  if (is_value(value)) return parse_values(value);
  const std::unique_ptr<io::ByteSource> source = io::open_source(value);
  return io::read_npy(*source);
}

void assign(codec::AnyModel& model, const Assignment& assignment, const std::string& model_path) {
  const VariableName& name = assignment.name;
  const Dense values = in_context(to_string(name), [&] { return read_values(assignment.value); });
  const auto set = [&](auto& kind) {
    set_variable(kind, kind.find(name.layer), name.variable, values);
  };
  in_context(model_path, [&] { std::visit(set, model); });
}

// The assignment as the history keeps it: without directories.
std::string history_word(const Assignment& assignment) {
  const std::string value =
      is_value(assignment.value) ? assignment.value : cli::base_name(assignment.value);
  return fmt::format("{}={}", to_string(assignment.name), value);
}

int run_set(const SetOptions& options) {
  check(options.target);
  std::vector<Assignment> assignments;
  std::vector<std::string> files;
  for (const std::string& text : options.assignments) {
    assignments.push_back(parse_assignment(text));
    const std::string& value = assignments.back().value;
    if (!is_value(value)) files.push_back(value);
  }
  cli::require_separate_outputs({options.target.output}, files);
  files.push_back(options.model);
  cli::require_one_standard_input(files);
  codec::AnyModel model = codec::load_any_model(options.model);
  cli::HistoryWords words;
  for (const Assignment& assignment : assignments) {
    assign(model, assignment, options.model);
    words.options.push_back(history_word(assignment));
  }
  save(model, options.target, words);
  return cli::kOk;
}

}  // namespace

cli::Command get_command() {
  auto options = std::make_shared<GetOptions>();
  return {.name = "get",
          .purpose = "Print or save a variable of a layer.",
          .examples =
              "akida-build get model.fbz fc.threshold_fire\n"
              "akida-build get -o weights.npy model.fbz fc.weights\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_model(line, options->model);
                line.add_option("LAYER.VARIABLE", options->name,
                                "Layer (name or index) and variable, as 'fc.weights'")
                    .required()
                    .type_name("");
                line.add_option(
                        "--format", options->format,
                        "text, json or npy; default: text on standard output, npy in a file")
                    .one_of(std::array{"text", "json", "npy"})
                    .type_name("NAME");
                cli::add_output(line, options->output);
              },
          .run = [options] { return run_get(*options); },
          .verbs = {}};
}

cli::Command set_command() {
  auto options = std::make_shared<SetOptions>();
  return {.name = "set",
          .purpose = "Give variables of layers new values.",
          .examples =
              "akida-build set -o model.fbz model.fbz fc.threshold_fire=5 "
              "fc.weights=weights.npy\n"
              "akida-build set -o model.fbz model.fbz 'fc.threshold_fire=[1, 2, 3]'\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_model(line, options->model);
                line.add_option("LAYER.VARIABLE=VALUE", options->assignments,
                                "Number, JSON list or .npy file; one number fills a vector")
                    .required()
                    .type_name("");
                add_target(line, options->target);
              },
          .run = [options] { return run_set(*options); },
          .verbs = {}};
}

}  // namespace akida::build
